import type { ConflictingBookings } from '../booking/bookings.js';
import { counted } from './affected.js';
import type { OtherIssue } from './other-issue.js';

/** Of appointments that share their time with an event which somebody put into the calendar by hand (F43). */
export function conflictIssues(conflicts: readonly ConflictingBookings[]): OtherIssue[] {
  return conflicts.map(({ count, calendarName, ...whose }) => ({
    ...whose,
    webhookId: null,
    reauthUrl: null,
    message: `In "${calendarName}", ${counted(count, 'appointment')} ${count === 1 ? 'shares its' : 'share their'} time with an event that was put there by hand.`,
    resolution: 'Move or remove the other event, or reschedule the appointment.',
  }));
}

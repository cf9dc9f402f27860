import type { BusySource } from '../calendars/read-busy.js';
import type { FailureCategory } from '../shared/failure.js';
import { formatInstant } from '../shared/time.js';
import type { CalendarHealth, HealthStatus } from './calendar-health.js';

/** `calendar_health` as answers and problems carry it. */
export interface CalendarHealthView {
  readonly status: HealthStatus;
  readonly total_calendars: number;
  readonly successful_calendars: number;
  readonly failed_calendars: readonly string[];
  readonly token_issues: readonly string[];
  readonly message: string;
  readonly calendars: readonly {
    readonly calendar_id: string;
    readonly name: string;
    readonly account_email: string;
    readonly source: BusySource;
    readonly as_of: string | null;
    readonly category: FailureCategory | null;
  }[];
}

export function calendarHealthView(health: CalendarHealth, zone: string): CalendarHealthView {
  return {
    status: health.status,
    total_calendars: health.totalCalendars,
    successful_calendars: health.successfulCalendars,
    failed_calendars: health.failedCalendars,
    token_issues: health.tokenIssues,
    message: health.message,
    calendars: health.calendars.map(({ calendarId, name, accountEmail, source, asOf, category }) => ({
      calendar_id: calendarId,
      name,
      account_email: accountEmail,
      source,
      as_of: asOf === null ? null : formatInstant(asOf, zone),
      category,
    })),
  };
}

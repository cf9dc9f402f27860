import type { Configuration } from '../../src/configurations/configuration.js';

/** Half an hour from nine to five on workdays in UTC, without buffers or limits. */
export function aConfiguration(differences: Partial<Configuration> = {}): Configuration {
  return {
    id: '00000000-0000-4000-8000-0000000000c0',
    workspaceId: '00000000-0000-4000-8000-0000000000a0',
    name: 'Consultation',
    calendarId: '00000000-0000-4000-8000-0000000000b0',
    conflictCalendarIds: [],
    timezone: 'UTC',
    durationMinutes: 30,
    slotIntervalMinutes: null,
    prepTimeMinutes: 0,
    bufferAfterMinutes: 0,
    daysBuffer: 0,
    minNoticeMinutes: 0,
    maxDaysAhead: 60,
    fromMinute: 9 * 60,
    toMinute: 17 * 60,
    workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    dateOverrides: [],
    maxBookingsPerDay: null,
    meetingType: 'online',
    meetingLink: null,
    meetingAddress: null,
    createMeetLink: false,
    onUnverified: 'last_known',
    lastKnownMaxAgeMinutes: 1440,
    createdAt: 0,
    ...differences,
  };
}

import { UNCHECKED, type Calendar } from '../../src/calendars/calendar.js';

/** Writable, and the booking calendar of `aConfiguration()`. */
export function aCalendar(differences: Partial<Calendar> = {}): Calendar {
  return {
    id: '00000000-0000-4000-8000-0000000000b0',
    workspaceId: '00000000-0000-4000-8000-0000000000a0',
    connectionId: '00000000-0000-4000-8000-0000000000d0',
    externalId: 'ada@example.com',
    name: 'Ada',
    timezone: 'UTC',
    accessRole: 'owner',
    primary: true,
    active: true,
    health: UNCHECKED,
    ...differences,
  };
}

import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import type { EventBody } from './calendar/event-shape.js';
import { seedEvent } from './control/raw-events.js';
import type { SandboxState } from './state.js';
import type { NewAccount } from './state/accounts.js';

const HOLIDAYS = 'company-holidays@group.calendar.google.com';
const ON_CALL = 'on-call-rota@group.calendar.google.com';
const PROJECTS = 'ada-projects@group.calendar.google.com';

const ADA = 'ada@example.com';
const GRACE = 'grace@example.com';

const PEOPLE: readonly NewAccount[] = [
  {
    email: GRACE,
    name: 'Grace Hopper',
    calendars: [
      { name: 'Grace Hopper', timezone: 'Europe/London' },
      { id: ON_CALL, name: 'On-call rota', timezone: 'Europe/London' },
      { id: HOLIDAYS, name: 'Company holidays', timezone: 'America/New_York' },
    ],
  },
  {
    email: ADA,
    name: 'Ada Lovelace',
    calendars: [
      { name: 'Ada Lovelace', timezone: 'America/New_York' },
      { id: PROJECTS, name: 'Ada - Projects', timezone: 'America/New_York' },
      { id: HOLIDAYS, name: 'Company holidays', timezone: 'America/New_York', accessRole: 'reader' },
    ],
  },
];

interface Meeting {
  readonly calendar: string;
  /** Counted in weekdays from the next one, which is 1. */
  readonly weekdays: readonly number[];
  readonly from: string;
  readonly to: string;
  readonly event: EventBody;
}

const WEEKDAYS = Array.from({ length: 10 }, (_, at) => at + 1);

const MEETINGS: readonly Meeting[] = [
  { calendar: ADA, weekdays: WEEKDAYS, from: '09:30', to: '10:00', event: { summary: 'Daily stand-up' } },
  { calendar: ADA, weekdays: [1, 6], from: '13:00', to: '14:30', event: { summary: 'Design review' } },
  {
    calendar: ADA,
    weekdays: [2, 7],
    from: '15:00',
    to: '16:00',
    event: {
      summary: 'Vendor pitch (declined)',
      attendees: [{ email: ADA, responseStatus: 'declined' }, { email: GRACE }],
    },
  },
  {
    calendar: ADA,
    weekdays: [3, 8],
    from: '12:00',
    to: '13:00',
    event: { summary: 'Lunch (shown as free)', transparency: 'transparent' },
  },
  {
    calendar: PROJECTS,
    weekdays: [1, 3, 5],
    from: '11:00',
    to: '12:00',
    event: { summary: 'Analytical Engine' },
  },
  { calendar: GRACE, weekdays: WEEKDAYS, from: '10:00', to: '10:30', event: { summary: 'Compiler sync' } },
  { calendar: GRACE, weekdays: [2, 4], from: '14:00', to: '15:30', event: { summary: 'Interview panel' } },
  { calendar: ON_CALL, weekdays: [3], from: '09:00', to: '12:00', event: { summary: 'Grace on call' } },
  { calendar: HOLIDAYS, weekdays: [5], from: '', to: '', event: { summary: 'Company day off' } },
];

/**
 * Two people and their meetings on the weekdays to come. The same days give the same events; what is there
 * already, also from an earlier run, stays as it is.
 */
export function seedDemo(state: SandboxState): void {
  for (const person of PEOPLE) if (!state.accounts.find(person.email)) state.accounts.add(person);
  for (const meeting of MEETINGS) seedMeeting(meeting, state);
}

function seedMeeting({ calendar: id, weekdays, from, to, event }: Meeting, state: SandboxState): void {
  const calendar = state.accounts.calendars.get(id);
  if (!calendar) return;
  const today = DateTime.fromMillis(state.clock.now(), { zone: calendar.timeZone }).startOf('day');
  for (const date of weekdays.map((count) => weekday(today, count))) {
    const eventId = eventIdFor(id, String(event['summary']), date);
    if (state.events.find(id, eventId)) continue;
    const times = from === '' ? allDay(date) : timed({ date, from, to, zone: calendar.timeZone });
    seedEvent({ ...event, id: eventId, ...times }, calendar, state);
  }
}

/** @returns `YYYY-MM-DD` */
function weekday(today: DateTime, count: number): string {
  let day = today;
  for (let found = 0; found < count;) {
    day = day.plus({ days: 1 });
    if (day.weekday <= 5) found += 1;
  }
  return day.toFormat('yyyy-MM-dd');
}

function allDay(date: string): Pick<EventBody, 'start' | 'end'> {
  return { start: { date }, end: { date: DateTime.fromISO(date).plus({ days: 1 }).toFormat('yyyy-MM-dd') } };
}

function timed({ date, from, to, zone }: { date: string; from: string; to: string; zone: string }) {
  return {
    start: { dateTime: `${date}T${from}:00`, timeZone: zone },
    end: { dateTime: `${date}T${to}:00`, timeZone: zone },
  };
}

function eventIdFor(calendarId: string, summary: string, date: string): string {
  return createHash('sha256').update(`${calendarId}\n${summary}\n${date}`).digest('hex').slice(0, 26);
}

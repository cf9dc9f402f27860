import {
  timeOf,
  type Availability,
  type Booking,
  type Connection,
  type Day,
  type ListedCalendar,
  type Page,
  type Refusal,
  type SandboxEvent,
  type Slot,
  type Workspace,
} from './demo-answers.js';
import { Unexpected, type DemoClient } from './demo-client.js';
import { consentInBrowser, reauthorizeInBrowser } from './demo-person.js';
import type { HealthReportView } from './health/health-report-view.js';
import { SystemClock } from './shared/clock.js';
import { formatDate, localDayOf, parseInstant } from './shared/time.js';

/** Tells one line of what happened. */
export type Say = (line: string) => void;
type Act<T> = (say: Say) => Promise<T>;

const ZONE = 'America/New_York';
const OPEN = '09:00';
const CLOSED = '17:00';
const DAYS = 14;
const GRACES = ['Grace Hopper', 'On-call rota'];
const ALL_READ = 'All 5 calendars checked successfully';
const TWO_FAIL = '3/5 calendars checked successfully. 2 need re-authorization';

export function createWorkspace(operator: DemoClient): Act<Workspace> {
  return async (say) => {
    const made = await operator.post<Workspace>(
      '/api/admin/workspaces',
      { name: 'Acme', timezone: ZONE },
      201,
    );
    made.check('the zone', made.body.timezone, ZONE);
    say('"Acme" has a key of its own. Its people use that key from here on.');
    return made.body;
  };
}

/** The whole OAuth flow, as the owner of the account goes through it. */
export function connectAccount(acme: DemoClient, account: string): Act<Connection> {
  return async (say) => {
    const wish = { login_hint: account };
    const { body } = await acme.post<{ authorization_url: string }>('/api/oauth/google/authorize', wish, 200);
    await consentInBrowser(body.authorization_url, account);
    const connection = await connectionOf(acme, account);
    say(`${account} agreed on the consent page and was sent back: connected.`);
    return connection;
  };
}

async function connectionOf(acme: DemoClient, account: string): Promise<Connection> {
  const list = await acme.get<Page<Connection>>('/api/connections');
  const connection = list.body.items.find(({ account_email: email }) => email === account);
  if (connection === undefined) throw new Unexpected(`a connection of ${account}`, list.got);
  list.check('auth_status', connection.auth_status, 'active');
  return connection;
}

export function listCalendars(
  acme: DemoClient,
  owners: readonly Connection[],
): Act<readonly ListedCalendar[]> {
  return async (say) => {
    const list = await acme.get<Page<ListedCalendar>>('/api/calendars');
    const { items } = list.body;
    list.check('the number of calendars', items.length, 6);
    for (const { id, account_email: account } of owners) {
      const own = items.filter(({ connection_id: owner }) => owner === id);
      list.check(`the number of calendars of ${account}`, own.length, 3);
      say(`${account}: ${own.map(({ name, access_role: role }) => `${name} (${role})`).join(', ')}`);
    }
    return items;
  };
}

/** @returns the path of the configuration */
export function configure(
  acme: DemoClient,
  calendars: readonly ListedCalendar[],
  { ada, grace }: { ada: Connection; grace: Connection },
): Act<string> {
  return async (say) => {
    const idOf = (owner: Connection) => (wanted: string) =>
      calendars.find(({ name, connection_id: id }) => name === wanted && id === owner.id)?.id;
    const conflicts = ['Ada - Projects', 'Company holidays'].map(idOf(ada)).concat(GRACES.map(idOf(grace)));
    const wish = {
      name: 'Consultation',
      calendar_id: idOf(ada)('Ada Lovelace'),
      conflict_calendar_ids: conflicts,
      timezone: ZONE,
      duration_minutes: 30,
      from_time: OPEN,
      to_time: CLOSED,
      workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      on_unverified: 'last_known',
    };
    const path = '/api/calendars/configurations';
    const made = await acme.post<{ id: string; conflict_calendar_ids: string[] }>(path, wish, 201);
    made.check('conflict_calendar_ids', made.body.conflict_calendar_ids, conflicts);
    say(`"Consultation": 30 minutes, Monday to Friday, ${OPEN} to ${CLOSED} in New York.`);
    say('Bookings go to "Ada Lovelace"; four more calendars must be free, two of them Grace\'s.');
    return `${path}/${made.body.id}`;
  };
}

/** Finds a day on which Grace has an appointment, because she is the one who will be missed. */
export function askFirst(acme: DemoClient, path: string): Act<Day> {
  return async (say) => {
    const today = localDayOf(new SystemClock().now(), ZONE);
    const range = { start_date: formatDate(today), end_date: formatDate(today + DAYS - 1) };
    const all = await acme.post<Availability>(`${path}/check-availability`, range, 200);
    const { available_slots: slots, busy_periods: periods, calendar_health: health } = all.body;
    all.check('calendar_health.message', health.message, ALL_READ);
    const graces = periods.find(
      ({ calendar_name: name, start_time: from }) => GRACES.includes(name) && timeOf(from) >= OPEN,
    );
    if (graces === undefined) throw new Unexpected('a busy time of Grace within the hours', all.got);
    const date = graces.start_time.slice(0, 10);
    say(`${slots.length} free times in two weeks. ${health.message}.`);
    const day = { date, slots: on(date, slots), busy: on(date, periods) };
    tellDay(say, day);
    return day;
  };
}

function on<T extends Slot>(date: string, slots: readonly T[]): T[] {
  return slots.filter(({ start_time: from }) => from.startsWith(date));
}

function tellDay(say: Say, { date, slots, busy }: Day): void {
  for (const { start_time: from, end_time: to, calendar_name: name } of busy)
    if (timeOf(to) > OPEN && timeOf(from) < CLOSED)
      say(`${date} busy  ${timeOf(from)}-${timeOf(to)} ${name}`);
  const [first] = slots;
  const times = slots.map(({ start_time: from }) => timeOf(from)).join(' ');
  say(`${date} free  ${times} (${first?.confidence ?? 'none'})`);
}

export function takeBackConsent(google: DemoClient, account: string): Act<void> {
  return async (say) => {
    const taken = await google.post<{ revoked: number }>('/sandbox/tokens/revoke', { account }, 200);
    taken.check('revoked', taken.body.revoked, 1);
    say(`Nobody tells Slotkeeper. The tokens of ${account} have stopped working.`);
  };
}

/** What Grace's calendars said last still counts, and the answer says that it is not from now. */
export function askInOutage(acme: DemoClient, path: string, before: Day): Act<readonly [Slot]> {
  return async (say) => {
    const { date } = before;
    const answer = await acme.post<Availability>(`${path}/check-availability`, { date }, 200);
    const { available_slots: slots, calendar_health: health, warnings, bookable } = answer.body;
    answer.check('calendar_health.status', health.status, 'partial');
    answer.check('calendar_health.message', health.message, TWO_FAIL);
    answer.check('failed_calendars', health.failed_calendars, GRACES);
    answer.check('warnings', warnings, [
      `Could not check availability for 2 calendars: ${GRACES.join(', ')}`,
    ]);
    answer.check('bookable', bookable, true);
    const expected = before.slots.map((slot) => ({ ...slot, confidence: 'last_known' }));
    answer.check('available_slots', slots, expected);
    say(`calendar_health  ${health.status}: ${health.message}`);
    say(`token_issues     ${health.token_issues.join(', ')}`);
    for (const { name, source, category } of health.calendars)
      say(`  ${name.padEnd(17)} ${source.padEnd(11)} ${category ?? ''}`.trimEnd());
    for (const warning of warnings) say(`warning          ${warning}`);
    tellDay(say, { date, slots, busy: answer.body.busy_periods });
    const [first] = slots;
    if (first === undefined) throw new Unexpected('at least one free time', answer.got);
    return [first];
  };
}

export function book(acme: DemoClient, path: string, slot: Slot): Act<Booking> {
  return async (say) => {
    const wish = {
      start_time: slot.start_time,
      title: 'First consultation',
      attendee_email: 'pat@example.com',
    };
    const answer = await acme.post<Booking>(`${path}/book-appointment`, wish, 201);
    answer.check('status', answer.body.status, 'confirmed');
    answer.check('start_time', answer.body.start_time, slot.start_time);
    answer.check('calendar_health.message', answer.body.calendar_health.message, TWO_FAIL);
    say(`${slot.start_time} for pat@example.com: ${answer.body.status}.`);
    say("Ada's own calendar was read again just before; the warning about Grace's stands in the answer.");
    return answer.body;
  };
}

export function bookTaken(acme: DemoClient, path: string, slot: Slot): Act<void> {
  return async (say) => {
    const wish = { start_time: slot.start_time, title: 'Quick question', attendee_email: 'kim@example.com' };
    const answer = await acme.post<Refusal>(`${path}/book-appointment`, wish, 409);
    const { code, alternatives } = answer.body;
    answer.check('code', code, 'slot_unavailable');
    const free = alternatives.filter(({ start_time: from }) => from !== slot.start_time);
    answer.check('alternatives other than the taken time', free.length, 5);
    say(`409 ${code}. Instead: ${free.map(({ start_time: from }) => from.slice(0, 16)).join(', ')}`);
  };
}

export function findEvent(google: DemoClient, owner: string, booking: Booking, slot: Slot): Act<void> {
  return async (say) => {
    const path = `/sandbox/calendars/${owner}/events`;
    const list = await google.get<{ events: SandboxEvent[] }>(path);
    const at = parseInstant(slot.start_time);
    const there = list.body.events.filter(
      ({ start, status }) => status !== 'cancelled' && parseInstant(start.dateTime) === at,
    );
    list.check(
      'ids of the events at that time',
      there.map(({ id }) => id),
      [booking.event_id],
    );
    const [event] = there;
    const bookingId = event?.extendedProperties?.private?.['slotkeeper_booking_id'];
    list.check('the booking id in the event', bookingId, booking.booking_id);
    const guests = event?.attendees?.map(({ email }) => email).join(', ') ?? '';
    say(`Exactly one event at that time: "${event?.summary ?? ''}" with ${guests}.`);
  };
}

/** @returns the link that mends the broken connection */
export function checkHealth(operator: DemoClient, { id }: Workspace, account: string): Act<string> {
  return async (say) => {
    const report = await check(operator, id);
    const { status, totals, issues, recommendations } = report.body;
    report.check('status', status, 'partial');
    report.check('unhealthy calendars', totals.unhealthy_calendars, 3);
    report.check('accounts with issues', [...new Set(issues.map((issue) => issue.account_email))], [account]);
    const link = issues.find(({ reauth_url: url }) => url !== null)?.reauth_url;
    if (link === undefined || link === null) throw new Unexpected('a re-authorization link', report.got);
    say(`${status}: ${totals.healthy_calendars}/${totals.calendars} calendars are healthy.`);
    for (const { priority, message, action } of recommendations) say(`${priority}. ${message} ${action}`);
    // Whoever has the whole link may mend the connection; this one is shortened.
    say(`   ${link.slice(0, link.indexOf('link=') + 13)}...`);
    return link;
  };
}

function check(operator: DemoClient, workspaceId: string) {
  const wish = { workspace_id: workspaceId };
  return operator.post<HealthReportView>('/api/admin/calendar-health/check', wish, 200);
}

export function reauthorize(acme: DemoClient, link: string, before: Connection): Act<void> {
  return async (say) => {
    await reauthorizeInBrowser(link, before.account_email);
    const connection = await connectionOf(acme, before.account_email);
    if (connection.id !== before.id) throw new Unexpected(`connection ${before.id}`, connection.id);
    say('The same connection is active again; calendars, configuration and booking are untouched.');
  };
}

export function askAgain(acme: DemoClient, path: string, taken: Slot): Act<void> {
  return async (say) => {
    const date = taken.start_time.slice(0, 10);
    const answer = await acme.post<Availability>(`${path}/check-availability`, { date }, 200);
    const { available_slots: slots, busy_periods: busy, calendar_health: health, warnings } = answer.body;
    answer.check('calendar_health.message', health.message, ALL_READ);
    answer.check('warnings', warnings, []);
    const starts = slots.map(({ start_time: from }) => from);
    answer.check('the booked time among the free ones', starts.includes(taken.start_time), false);
    const doubted = slots.filter(({ confidence }) => confidence !== 'verified');
    answer.check('free times that are not verified', doubted, []);
    say(`${health.message}. ${timeOf(taken.start_time)} is taken now.`);
    tellDay(say, { date, slots, busy });
  };
}

export function checkMended(operator: DemoClient, { id }: Workspace): Act<void> {
  return async (say) => {
    const report = await check(operator, id);
    const { status, totals, issues } = report.body;
    report.check('status', status, 'healthy');
    report.check('issues', issues, []);
    say(`${status}: ${totals.healthy_calendars}/${totals.calendars} calendars are healthy, nothing to do.`);
  };
}

import { isZone } from '../instants.js';
import type { Shape } from '../json-shape.js';
import { jsonReply, type Reply } from '../messages.js';
import type { SandboxState } from '../state.js';
import { ACCESS_ROLES, type Account, type NewCalendar } from '../state/accounts.js';
import type { ControlCall } from './control-call.js';
import { parseControlBody } from './control-body.js';
import { ControlError } from './control-error.js';

const CALENDAR = {
  fields: {
    id: 'string',
    name: 'string',
    timezone: 'string',
    accessRole: ACCESS_ROLES,
    hidden: 'boolean',
    summaryOverride: 'string',
  },
  required: ['name', 'timezone'],
} as const satisfies Shape;

const ACCOUNT = {
  fields: { email: 'string', sub: 'string', name: 'string', calendars: { list: CALENDAR } },
  required: ['email'],
} as const satisfies Shape;

const ROLE = { fields: { accessRole: ACCESS_ROLES }, required: ['accessRole'] } as const satisfies Shape;

export function listAccounts({ state }: ControlCall): Reply {
  const accounts = [...state.accounts.accounts.values()].map((account) => describeAccount(account, state));
  return jsonReply(200, { accounts });
}

/** Without calendars, the account gets a primary one in UTC. */
export function createAccount({ state, body }: ControlCall): Reply {
  const account = parseControlBody(body, ACCOUNT);
  if (!/^[^\s@]+@[^\s@]+$/.test(account.email))
    throw new ControlError(400, 'email', 'email must be an address');
  if (state.accounts.find(account.email))
    throw new ControlError(409, 'email', 'There is such an account already');
  const calendars = account.calendars ?? [{ name: account.name ?? account.email, timezone: 'UTC' }];
  for (const [at, calendar] of calendars.entries()) checkZone(calendar, `calendars[${at}].timezone`);
  return jsonReply(201, describeAccount(state.accounts.add({ ...account, calendars }), state));
}

export function createCalendar({ state, params, body }: ControlCall): Reply {
  const account = accountNamed(params['email'] ?? '', state);
  const calendar = parseControlBody(body, CALENDAR);
  checkZone(calendar, 'timezone');
  const { id } = state.accounts.addCalendar(account, calendar);
  return jsonReply(201, { id, name: calendar.name, timezone: calendar.timezone });
}

/** The account keeps nothing of the calendar; other accounts keep it. */
export function removeCalendarFromAccount({ state, params }: ControlCall): Reply {
  const account = accountNamed(params['email'] ?? '', state);
  return removed(state.accounts.removeCalendar(params['id'] ?? '', account));
}

export function deleteCalendar({ state, params }: ControlCall): Reply {
  return removed(state.accounts.removeCalendar(params['id'] ?? ''));
}

export function changeAccess({ state, params, body }: ControlCall): Reply {
  const account = accountNamed(params['email'] ?? '', state);
  const { accessRole } = parseControlBody(body, ROLE);
  const entry = state.accounts.setRole(account, params['id'] ?? '', accessRole);
  if (!entry) throw new ControlError(404, 'id', 'The account has no such calendar');
  return jsonReply(200, { id: entry.calendarId, accessRole });
}

/** @throws ControlError 404 naming the field that holds the address */
export function accountNamed(email: string, state: SandboxState, field = 'email'): Account {
  const account = state.accounts.find(email);
  if (!account) throw new ControlError(404, field, `There is no account ${email}`);
  return account;
}

function checkZone({ timezone }: NewCalendar, field: string): void {
  if (!isZone(timezone)) throw new ControlError(400, field, `${field} must be an IANA zone`);
}

function removed(found: boolean): Reply {
  if (!found) throw new ControlError(404, 'id', 'There is no such calendar');
  return jsonReply(200, { deleted: true });
}

function describeAccount({ email, sub, name, entries }: Account, { accounts }: SandboxState): object {
  const live = entries.filter((entry) => !entry.deleted && accounts.calendars.has(entry.calendarId));
  return {
    email,
    sub,
    name,
    calendars: live.map(({ calendarId, accessRole, primary, hidden }) => ({
      id: calendarId,
      name: accounts.calendars.get(calendarId)?.summary,
      timezone: accounts.calendars.get(calendarId)?.timeZone,
      accessRole,
      primary,
      hidden,
    })),
  };
}

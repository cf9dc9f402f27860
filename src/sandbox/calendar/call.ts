import {
  calendarError,
  GoogleError,
  insufficientScope,
  invalidCredentials,
  invalidPayload,
  loginRequired,
  notFound,
  requiredAccess,
} from '../google-errors.js';
import type { Alteration } from '../faults/faults.js';
import { violations, type Shape, type Violation } from '../json-shape.js';
import type { Request } from '../messages.js';
import type { SandboxState } from '../state.js';
import {
  ACCESS_ROLES,
  type AccessRole,
  type Account,
  type Calendar,
  type CalendarEntry,
} from '../state/accounts.js';
import type { Query } from './query.js';

/** A call to the Calendar service by an account whose token allows it. */
export interface CalendarCall {
  readonly state: SandboxState;
  readonly account: Account;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly request: Request;
  /** Reads miss events younger than this. */
  readonly readLagMs: number;
  readonly alterations: readonly Alteration[];
}

/** The token of the call, even one that has expired; undefined when it is nobody's. */
export function bearerToken({ headers }: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** @throws GoogleError 401 without a living token, 403 when it lacks every one of `scopes` */
export function authorize(
  request: Request,
  state: SandboxState,
  scopes: readonly string[],
  rpc: string,
): Account {
  if (!request.headers.authorization) throw new GoogleError(loginRequired());
  const token = state.tokens.accessTokens.get(bearerToken(request) ?? '');
  const account = token && state.accounts.find(token.account);
  if (!token || !account || token.expiresAt <= state.clock.now()) throw new GoogleError(invalidCredentials());
  if (!scopes.some((scope) => token.scopes.includes(scope))) throw new GoogleError(insufficientScope(rpc));
  return account;
}

export interface AccessibleCalendar {
  readonly calendar: Calendar;
  readonly entry: CalendarEntry;
}

/** @throws GoogleError 404 when the account cannot see the calendar */
export function findCalendar({ state: { accounts }, account, params }: CalendarCall): AccessibleCalendar {
  const entry = accounts.entry(account, params['calendarId'] ?? '');
  const calendar = entry && accounts.calendars.get(entry.calendarId);
  if (!entry || !calendar) throw new GoogleError(notFound());
  return { entry, calendar };
}

const LEVEL: Readonly<Record<'reader' | 'writer', AccessRole>> = {
  reader: 'reader',
  writer: 'writerWithoutPrivateAccess',
};

/** @throws GoogleError 404 when the account cannot see the calendar, 403 when it may not do that much */
export function calendarFor(call: CalendarCall, level: 'reader' | 'writer'): Calendar {
  const { calendar, entry } = findCalendar(call);
  if (ACCESS_ROLES.indexOf(entry.accessRole) < ACCESS_ROLES.indexOf(LEVEL[level])) {
    throw new GoogleError(requiredAccess(level));
  }
  return calendar;
}

/** @throws GoogleError 400 when the body is not JSON of this shape, with no field too many */
export function parseBody<T>({ headers, body }: Request, shape: Shape, name: string): T {
  const type = headers['content-type'] ?? 'application/json';
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new GoogleError(calendarError(400, 'badContent', `Unsupported content with type: ${type}`));
  }
  const value = parseJson(body);
  const found = violations(shape, value);
  if (found.length > 0)
    throw new GoogleError(invalidPayload(found.map((violation) => describe(violation, name))));
  return value as T;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new GoogleError(invalidPayload(['Unexpected token.'], 'parseError'));
  }
}

function describe({ path, problem, expected }: Violation, name: string): string {
  const parts = path.split('.');
  const field = parts.at(-1) ?? '';
  const parent = [name, ...parts.slice(0, -1)].join('.');
  if (problem === 'unknown') return `Unknown name "${field}" at '${parent}': Cannot find field.`;
  return `Invalid value at '${path === '' ? name : `${name}.${path}`}', expected ${expected}.`;
}

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
import type { LimitedAlteration } from '../faults/faults.js';
import { fits, violations, withoutNulls, type Infer, type Shape, type Violation } from '../json-shape.js';
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
  readonly alterations: readonly LimitedAlteration[];
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
export function parseBody<S>(request: Request, shape: Shape & S, name: string): Infer<S> {
  return shaped(jsonBody(request), shape, name);
}

/** @throws GoogleError 400 when the body is not JSON */
export function jsonBody({ headers, body }: Request): unknown {
  const type = headers['content-type'] ?? 'application/json';
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new GoogleError(calendarError(400, 'badContent', `Unsupported content with type: ${type}`));
  }
  return parseJson(body);
}

/** The value without its nulls. @throws GoogleError 400 when it does not have this shape */
export function shaped<S>(value: unknown, shape: Shape & S, name: string): Infer<S> {
  const present = withoutNulls(value);
  if (fits(shape, present)) return present;
  const found = violations(shape, present).map((violation) => describe(violation, name));
  throw new GoogleError(invalidPayload(found));
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

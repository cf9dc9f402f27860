import type { Instant, Interval } from '../../shared/time.js';
import { badRequest, GoogleError, missing, timeRangeEmpty, timeRangeTooLong } from '../google-errors.js';
import { inZone, isZone, parseInstant, utcMillis } from '../instants.js';
import { fits, type Infer, type Shape } from '../json-shape.js';
import { jsonReply, type Outcome } from '../messages.js';
import type { Calendar } from '../state/accounts.js';
import type { StoredEvent } from '../state/events.js';
import { alterCalendars, type CalendarAnswer } from './free-busy-alterations.js';
import { parseBody, type CalendarCall } from './call.js';

const SHAPE = {
  fields: {
    timeMin: 'string',
    timeMax: 'string',
    timeZone: 'string',
    groupExpansionMax: 'integer',
    calendarExpansionMax: 'integer',
    items: { list: { fields: { id: 'string' } } },
  },
} as const satisfies Shape;

type FreeBusyRequest = Infer<typeof SHAPE>;

const MOST_CALENDARS = 50;
const DAY_MS = 86_400_000;

/** `freebusy.query`. The ids come back as they were asked for. */
export function queryFreeBusy(call: CalendarCall): Outcome {
  const body = parseBody(call.request, SHAPE, 'free_busy_request');
  const window = parseWindow(body, call.state.settings.free_busy_max_days);
  const zone = body.timeZone ?? 'UTC';
  if (!isZone(zone)) throw new GoogleError(badRequest());
  const ids = (body.items ?? []).map(({ id }) => id ?? '');
  const most = Math.min(body.calendarExpansionMax ?? MOST_CALENDARS, MOST_CALENDARS);
  const answers = ids.map((id): [string, CalendarAnswer] => [
    id,
    ids.length > most ? failed('tooManyCalendarsRequested', 'calendar') : answer(id, window, zone, call),
  ]);
  return {
    reply: jsonReply(200, {
      kind: 'calendar#freeBusy',
      timeMin: utcMillis(window.startAt),
      timeMax: utcMillis(window.endAt),
      calendars: alterCalendars(Object.fromEntries(answers), call),
    }),
  };
}

/** The ids in a free/busy body, as far as it can be read: what the log and the faults go by. */
export function requestedCalendars(body: string): string[] {
  try {
    const request: unknown = JSON.parse(body);
    return fits(SHAPE, request) ? (request.items ?? []).map(({ id }) => id ?? '') : [];
  } catch {
    return [];
  }
}

function parseWindow({ timeMin, timeMax }: FreeBusyRequest, maxDays: number): Interval {
  if (!timeMin) throw new GoogleError(missing('Missing timeMin parameter.'));
  if (!timeMax) throw new GoogleError(missing('Missing timeMax parameter.'));
  const startAt = parseInstant(timeMin);
  const endAt = parseInstant(timeMax);
  if (startAt === undefined || endAt === undefined) throw new GoogleError(badRequest());
  if (endAt <= startAt) throw new GoogleError(timeRangeEmpty());
  if (endAt - startAt > maxDays * DAY_MS) throw new GoogleError(timeRangeTooLong());
  return { startAt, endAt };
}

function failed(reason: string, domain = 'global'): CalendarAnswer {
  return { errors: [{ domain, reason }], busy: [] };
}

function answer(id: string, window: Interval, zone: string, call: CalendarCall): CalendarAnswer {
  const { state, account, readLagMs } = call;
  const entry = state.accounts.entry(account, id);
  const calendar = entry && state.accounts.calendars.get(entry.calendarId);
  if (!calendar) return failed('notFound');
  const spans = state.events
    .list(calendar.id)
    .filter((event) => blocks(event, calendar) && state.events.isVisible(event, readLagMs));
  return {
    busy: merge(spans, window).map(({ startAt, endAt }) => ({
      start: inZone(startAt, zone),
      end: inZone(endAt, zone),
    })),
  };
}

const NEVER_BUSY = new Set(['workingLocation', 'birthday']);

/** Whether an event takes time: opaque, not cancelled, not declined by the person whose calendar it is on. */
export function blocks({ resource }: Pick<StoredEvent, 'resource'>, { id, owner }: Calendar): boolean {
  const { status, transparency, eventType = 'default', attendees = [] } = resource;
  if (status === 'cancelled' || transparency === 'transparent' || NEVER_BUSY.has(eventType)) return false;
  const own = new Set([id.toLowerCase(), owner.toLowerCase()]);
  return !attendees.some(
    ({ email, responseStatus }) => own.has(email.toLowerCase()) && responseStatus === 'declined',
  );
}

/** Clipped to the window, sorted, touching and overlapping spans joined. Empty ones vanish. */
function merge(spans: readonly Interval[], window: Interval): Interval[] {
  const merged: { startAt: Instant; endAt: Instant }[] = [];
  const clipped = spans
    .map(({ startAt, endAt }) => ({
      startAt: Math.max(startAt, window.startAt),
      endAt: Math.min(endAt, window.endAt),
    }))
    .filter(({ startAt, endAt }) => startAt < endAt)
    .sort((one, other) => one.startAt - other.startAt);
  for (const span of clipped) {
    const last = merged.at(-1);
    if (last && span.startAt <= last.endAt) last.endAt = Math.max(last.endAt, span.endAt);
    else merged.push(span);
  }
  return merged;
}

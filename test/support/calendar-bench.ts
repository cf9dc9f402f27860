import type { Calendar } from '../../src/calendars/calendar.js';
import { CallQuota } from '../../src/calendars/call-quota.js';
import { Circuits } from '../../src/calendars/circuits.js';
import { LiveBusy } from '../../src/calendars/live-busy.js';
import { ProbeConnection } from '../../src/calendars/probe-connection.js';
import { ProviderCalls } from '../../src/calendars/provider-calls.js';
import { ReadBusy } from '../../src/calendars/read-busy.js';
import { RecordProbes } from '../../src/calendars/record-probes.js';
import { ReviewCalendarList } from '../../src/calendars/review-calendar-list.js';
import { UnreadCalendars } from '../../src/calendars/unread-calendars.js';
import { AccessTokens } from '../../src/oauth/access-tokens.js';
import type { Connection } from '../../src/oauth/connection.js';
import { FixedClock } from '../../src/shared/clock.js';
import { Deadline } from '../../src/shared/deadline.js';
import { SequentialIds } from '../../src/shared/ids.js';
import { RecordingLog } from '../../src/shared/log.js';
import { InMemoryCalendarProvider } from '../fakes/in-memory-calendar-provider.js';
import { InMemoryCalendars } from '../fakes/in-memory-calendars.js';
import { InMemoryConnections } from '../fakes/in-memory-connections.js';
import { InMemoryKnownBusy } from '../fakes/in-memory-known-busy.js';
import { ScriptedTokenEndpoint } from '../fakes/scripted-token-endpoint.js';
import { aCalendar } from './a-calendar.js';
import { aConfig } from './a-config.js';
import { aGrant } from './a-grant.js';
import { tokenParts } from './token-parts.js';

const HOUR_MS = 3_600_000;
const WORKSPACE = aCalendar().workspaceId;

/** Monday 8 March 2027, eight in the morning UTC. */
export const MONDAY_AT_EIGHT = Date.UTC(2027, 2, 8, 8);

/** Everything between a calendar and its provider, over fakes. */
export function calendarBench() {
  const clock = new FixedClock(MONDAY_AT_EIGHT);
  const ids = new SequentialIds();
  const log = new RecordingLog();
  const config = aConfig();
  const provider = new InMemoryCalendarProvider();
  const endpoint = new ScriptedTokenEndpoint(clock);
  const connections = new InMemoryConnections(ids, clock);
  const calendars = new InMemoryCalendars(ids, clock);
  const known = new InMemoryKnownBusy(() => clock.now());
  const { alerts, store, refresh } = tokenParts({ clock, log, endpoint, connections });
  const calls = new ProviderCalls(
    new AccessTokens(store, refresh, clock, config),
    store,
    new CallQuota(clock),
  );
  const unread = new UnreadCalendars(alerts, log);
  const live = new LiveBusy(provider, calls, new Circuits(clock, log), config, unread);
  const readBusy = new ReadBusy(live, known, calendars, connections, clock);
  const list = new ReviewCalendarList(provider, calls, calendars);
  const probe = new ProbeConnection(live, list, clock, config);
  const record = new RecordProbes(calendars, connections);

  /** An account whose access token is good for an hour. */
  async function connect(email: string): Promise<Connection> {
    const expiresAt = clock.now() + HOUR_MS;
    const grant = aGrant({ access: `access of ${email}`, refresh: `refresh of ${email}`, expiresAt });
    return connections.connect({ workspaceId: WORKSPACE, email, sub: null }, grant, []);
  }

  /** Whose list of calendars each is in, by external id. */
  const owners = new Map<string, string>();
  provider.isListed = async (token, externalId) => {
    const tokens = await connections.tokens(owners.get(externalId) ?? '');
    return tokens?.accessToken?.reveal() === token;
  };

  /** A calendar of an account, known to both sides. */
  function calendarOf({ id: connectionId }: Connection, externalId: string, name = externalId): Calendar {
    provider.given({ externalId, name, primary: true });
    owners.set(externalId, connectionId);
    const names = { id: ids.next(), connectionId, externalId, name };
    return calendars.given(aCalendar({ ...names, workspaceId: WORKSPACE }));
  }

  return {
    clock,
    ids,
    log,
    config,
    provider,
    endpoint,
    connections,
    calendars,
    known,
    store,
    refresh,
    calls,
    unread,
    live,
    readBusy,
    probe,
    record,
    connect,
    calendarOf,
    owners,
    deadline: (ms = config.providerDeadlineMs) => Deadline.in(ms, clock),
    eventsLogged: (event: string) => log.lines.filter((line) => line.event === event),
  };
}

export type CalendarBench = ReturnType<typeof calendarBench>;

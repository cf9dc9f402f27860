import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CalendarEntity } from '../../src/calendars/persistence/calendar.entity.js';
import { PostgresCalendars } from '../../src/calendars/persistence/postgres-calendars.js';
import { ConnectionEntity } from '../../src/oauth/persistence/connection.entity.js';
import { PostgresConnections } from '../../src/oauth/persistence/postgres-connections.js';
import { bookingNews, telling } from '../../src/outbox/outbox.module.js';
import { OutboxEventEntity } from '../../src/outbox/persistence/outbox-event.entity.js';
import { PostgresOutboxEvents } from '../../src/outbox/persistence/postgres-outbox-events.js';
import { Cipher } from '../../src/shared/cipher.js';
import { RandomIds } from '../../src/shared/ids.js';
import { aFailure, missingCalendar, revokedGrant } from '../support/a-failure.js';
import { aGrant } from '../support/a-grant.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const SIMULTANEOUS = Array.from({ length: 20 }, (_, n) => n);

let schema: Schema;
let connections: PostgresConnections;
let calendars: PostgresCalendars;
let events: PostgresOutboxEvents;
let workspaceId: string;

beforeAll(async () => {
  schema = await connectedSchema();
  const { source } = schema;
  const cipher = new Cipher(new Map([['test', Buffer.alloc(32, 7)]]));
  connections = new PostgresConnections(source.getRepository(ConnectionEntity), cipher, new RandomIds());
  calendars = new PostgresCalendars(source.getRepository(CalendarEntity), new RandomIds());
  events = new PostgresOutboxEvents(source.getRepository(OutboxEventEntity), new RandomIds());
});

beforeEach(async () => {
  workspaceId = await schema.addWorkspace();
});

afterAll(() => schema.drop());

interface Told {
  readonly id: string;
  readonly type: string;
  readonly object_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly jobs: readonly string[];
}

function toldEvents(workspace = workspaceId): Promise<Told[]> {
  return schema.source.query('SELECT * FROM outbox_events WHERE workspace_id = $1 ORDER BY sequence', [
    workspace,
  ]);
}

const typesTold = async (): Promise<string[]> => (await toldEvents()).map(({ type }) => type);

/** The payloads of the jobs that tell of an event. */
function jobsOf({ jobs }: Told): Promise<{ identifier: string; payload: unknown; priority: number }[]> {
  return schema.source.query(
    `SELECT t.identifier, j.payload, j.priority FROM graphile_worker._private_jobs j
     JOIN graphile_worker._private_tasks t ON t.id = j.task_id WHERE j.id = ANY ($1) ORDER BY j.id`,
    [jobs],
  );
}

async function jobCount(): Promise<number> {
  const [row]: { n: number }[] = await schema.source.query(
    'SELECT count(*)::int AS n FROM graphile_worker.jobs',
  );
  return row?.n ?? Number.NaN;
}

const account = (email = 'ada@example.com') => ({ workspaceId, email, sub: email });
const connect = async (email?: string): Promise<string> =>
  (await connections.connect(account(email), aGrant(), ['calendar'])).id;
const stop = (id: string, version = 1): Promise<boolean> =>
  connections.markNeedsReauth(id, version, revokedGrant());

async function refresh(id: string): Promise<void> {
  const seen = await connections.tokens(id);
  const lease = seen && (await connections.leaseRefresh(id, seen, 15_000));
  await connections.storeRefreshed(id, lease ?? '', aGrant());
}

describe('a change that nobody listens to', () => {
  it('leaves no event and no job', async () => {
    const before = await jobCount();
    const id = await connect();
    await stop(id);
    await schema.addWebhook(workspaceId, ['booking.confirmed']);
    await schema.addWebhook(workspaceId, ['connection.recovered'], false);
    await schema.addWebhook(await schema.addWorkspace());
    await connect();
    expect(await toldEvents()).toEqual([]);
    expect(await jobCount()).toBe(before);
  });
});

describe('a connection', () => {
  beforeEach(async () => {
    await schema.addWebhook(workspaceId);
  });

  it('that stops is told once to each listener, however many see it at once (R7)', async () => {
    const second = await schema.addWebhook(workspaceId, ['connection.needs_reauth']);
    const id = await connect();
    await Promise.all(SIMULTANEOUS.map(() => stop(id)));
    const [told, ...others] = await toldEvents();
    if (told === undefined) throw new Error('Nothing was told.');
    expect(others).toEqual([]);
    expect(told).toMatchObject({ type: 'connection.needs_reauth', object_id: id });
    expect(told.data).toEqual({
      connection_id: id,
      account_email: 'ada@example.com',
      category: revokedGrant().category,
      code: 'invalid_grant',
      actor: 'user',
      message: revokedGrant().message,
    });
    const jobs = await jobsOf(told);
    expect(jobs).toHaveLength(2);
    expect(jobs).toContainEqual({
      identifier: 'deliver-webhook',
      payload: { event_id: told.id, listener_id: second },
      priority: 0,
    });
  });

  it('is told of by the very entry of its history', async () => {
    const id = await connect();
    await stop(id);
    const [entry]: { id: string }[] = await schema.source.query(
      `SELECT id FROM connection_events WHERE connection_id = $1 AND kind = 'needs_reauth'`,
      [id],
    );
    expect((await toldEvents())[0]?.id).toBe(entry?.id);
  });

  it('is told of again when a person has to mend what the operator had to', async () => {
    const id = await connect();
    const operators = aFailure({ code: 'invalid_client', actor: 'operator', needsReauth: true });
    await connections.markNeedsReauth(id, 1, operators);
    await stop(id);
    const actors = (await toldEvents()).map(({ data }) => data['actor']);
    expect(actors).toEqual(['operator', 'user']);
  });

  it('that works again by a refresh is told once', async () => {
    const id = await connect();
    await stop(id);
    await refresh(id);
    await refresh(id);
    expect(await typesTold()).toEqual(['connection.needs_reauth', 'connection.recovered']);
    expect((await toldEvents())[1]?.data).toEqual({ connection_id: id, account_email: 'ada@example.com' });
  });

  it('that works again by a consent is told once, also when two consents come in together', async () => {
    const id = await connect();
    await stop(id);
    await Promise.all(SIMULTANEOUS.map(() => connect()));
    expect(await typesTold()).toEqual(['connection.needs_reauth', 'connection.recovered']);
  });

  it('that the operator has mended is told once, with all the others', async () => {
    const operators = aFailure({
      category: 'provider_misconfigured',
      code: 'invalid_client',
      actor: 'operator',
      needsReauth: true,
    });
    for (const email of ['a@example.com', 'b@example.com', 'c@example.com'])
      await connections.markNeedsReauth(await connect(email), 1, operators);
    await Promise.all(SIMULTANEOUS.map(() => connections.resumeHeldUp()));
    const recovered = (await typesTold()).filter((type) => type === 'connection.recovered');
    expect(recovered).toHaveLength(3);
  });

  it('whose consent is not enough is told as stopped, so that its recovery has a beginning', async () => {
    const refusal = aFailure({ code: 'insufficient_scope', actor: 'user', needsReauth: true });
    await Promise.all(SIMULTANEOUS.map(() => connections.refuse(account(), [], refusal)));
    expect(await typesTold()).toEqual(['connection.needs_reauth']);
    const id = await connect();
    await connections.refuse(account(), [], refusal);
    await connections.disconnect(id);
    await connections.refuse(account(), [], refusal);
    expect(await typesTold()).toEqual([
      'connection.needs_reauth',
      'connection.recovered',
      'connection.needs_reauth',
    ]);
  });

  it('leaves neither event nor job when its change is not committed', async () => {
    const id = await connect();
    const before = await jobCount();
    await schema.source
      .transaction(async (transaction) => {
        const rows = transaction.getRepository(ConnectionEntity);
        const cipher = new Cipher(new Map([['test', Buffer.alloc(32, 7)]]));
        await new PostgresConnections(rows, cipher, new RandomIds()).markNeedsReauth(id, 1, revokedGrant());
        throw new Error('changed my mind');
      })
      .catch(() => undefined);
    expect(await toldEvents()).toEqual([]);
    expect(await jobCount()).toBe(before);
  });
});

describe('a calendar', () => {
  let id: string;
  let connectionId: string;

  beforeEach(async () => {
    await schema.addWebhook(workspaceId);
    connectionId = await schema.addConnection(workspaceId);
    id = await schema.addCalendar(workspaceId, connectionId);
  });

  const record = (failure: ReturnType<typeof aFailure> | null): Promise<void> =>
    calendars.recordHealth([{ calendarId: id, failure }]);

  it('that begins to fail is told once, however many see it at once (R7)', async () => {
    await Promise.all(SIMULTANEOUS.map(() => record(missingCalendar())));
    await record(missingCalendar());
    expect(await toldEvents()).toMatchObject([
      {
        type: 'calendar.failing',
        object_id: id,
        data: {
          calendar_id: id,
          connection_id: connectionId,
          name: 'C',
          category: 'calendar_not_found',
          message: missingCalendar().message,
        },
      },
    ]);
  });

  it('is no news while it works, or fails for another reason than before', async () => {
    await record(null);
    await record(missingCalendar());
    await record(aFailure());
    await record(null);
    await record(null);
    await record(aFailure());
    expect(await typesTold()).toEqual(['calendar.failing', 'calendar.recovered', 'calendar.failing']);
  });

  it('is told of by checks as well', async () => {
    const at = Date.now() - 60_000;
    const check = { calendarId: id, durationMs: 100 };
    await calendars.recordChecks([{ ...check, at, failure: missingCalendar() }]);
    await calendars.recordChecks([{ ...check, at: at + 1000, failure: null }]);
    expect(await typesTold()).toEqual(['calendar.failing', 'calendar.recovered']);
  });

  it('that stops with its account is told once, and works again when it has been read', async () => {
    const event = (kind: string): Promise<unknown> =>
      schema.source.query(
        `INSERT INTO connection_events (id, connection_id, kind) VALUES (gen_random_uuid(), $1, $2)`,
        [connectionId, kind],
      );
    await event('needs_reauth');
    await record(revokedGrant());
    await event('connected');
    expect(await typesTold()).toEqual(['calendar.failing']);
    await record(null);
    expect(await typesTold()).toEqual(['calendar.failing', 'calendar.recovered']);
  });

  it('is told of among others, each by an event of its own', async () => {
    const other = await schema.addCalendar(workspaceId, connectionId);
    await calendars.recordHealth([
      { calendarId: id, failure: aFailure() },
      { calendarId: other, failure: aFailure() },
    ]);
    const told = await toldEvents();
    expect(told.map(({ object_id: object }) => object).sort()).toEqual([id, other].sort());
    expect(told.map(({ jobs }) => jobs.length)).toEqual([1, 1]);
  });
});

describe('a booking', () => {
  it('is told of with what it is and when, and not with whom', async () => {
    await schema.addWebhook(workspaceId, ['booking.confirmed']);
    const calendarId = await schema.addCalendar(workspaceId, await schema.addConnection(workspaceId));
    const id = new RandomIds().next();
    await schema.source.query(
      `INSERT INTO bookings (id, workspace_id, calendar_id, config_name, status, start_at, end_at, timezone, title,
         attendee_email, meeting_type, create_meet_link, event_id)
       VALUES ($1, $2, $3, 'Visit', 'pending', '2027-03-10T15:00Z', '2027-03-10T15:30Z', 'UTC', 'A title',
         'pat@example.com', 'online', false, 'the-event')`,
      [id, workspaceId, calendarId],
    );
    const confirm = `
      WITH changed AS (
        UPDATE bookings SET status = 'confirmed' WHERE id = $1 AND status = 'pending' RETURNING *
      ), ${telling(bookingNews(`'booking.confirmed'`, 'changed'))}
      SELECT id FROM changed`;
    await Promise.all(SIMULTANEOUS.map(() => schema.source.query(confirm, [id])));
    const told = await toldEvents();
    expect(told).toMatchObject([{ type: 'booking.confirmed', object_id: id }]);
    expect(told[0]?.data).toEqual({
      booking_id: id,
      status: 'confirmed',
      configuration_id: null,
      config_name: 'Visit',
      calendar_id: calendarId,
      event_id: 'the-event',
      start_time: '2027-03-10T15:00:00.000Z',
      end_time: '2027-03-10T15:30:00.000Z',
    });
  });
});

describe('events', () => {
  it('of one object are numbered in the order of its changes', async () => {
    await schema.addWebhook(workspaceId);
    const id = await connect();
    await stop(id);
    await connect();
    await stop(id, 2);
    const found = await Promise.all((await toldEvents()).map((told) => events.find(told.id)));
    const numbers = found.map((event) => event?.sequence ?? Number.NaN);
    expect(numbers).toHaveLength(3);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(3);
  });

  it('are kept until they have had their time', async () => {
    const event = await events.add({
      workspaceId,
      type: 'webhook.test',
      objectId: workspaceId,
      data: { n: 1 },
    });
    expect(event).toMatchObject({ workspaceId, type: 'webhook.test', objectId: workspaceId, data: { n: 1 } });
    expect(await events.removeOlderThan(60_000)).toBe(0);
    expect(await events.find(event.id)).toEqual(event);
    await schema.source.query(
      `UPDATE outbox_events SET occurred_at = now() - interval '2 minutes' WHERE id = $1`,
      [event.id],
    );
    expect(await events.removeOlderThan(60_000)).toBe(1);
    expect(await events.find(event.id)).toBeNull();
  });

  it('end with their workspace', async () => {
    await schema.addWebhook(workspaceId);
    await stop(await connect());
    expect(await toldEvents()).toHaveLength(1);
    await schema.source.query('DELETE FROM workspaces WHERE id = $1', [workspaceId]);
    expect(await toldEvents()).toEqual([]);
  });
});

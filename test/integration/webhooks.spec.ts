import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES, type OutboxEvent } from '../../src/outbox/outbox-event.js';
import type { OutboxEvents } from '../../src/outbox/outbox-events.js';
import { OutboxEventEntity } from '../../src/outbox/persistence/outbox-event.entity.js';
import { PostgresOutboxEvents } from '../../src/outbox/persistence/postgres-outbox-events.js';
import { Cipher } from '../../src/shared/cipher.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import type { Deliveries, Verdict } from '../../src/webhooks/deliveries.js';
import type { Attempt, Delivery } from '../../src/webhooks/delivery.js';
import { PostgresDeliveries } from '../../src/webhooks/persistence/postgres-deliveries.js';
import { PostgresWebhooks } from '../../src/webhooks/persistence/postgres-webhooks.js';
import { WebhookDeliveryEntity } from '../../src/webhooks/persistence/webhook-delivery.entity.js';
import { WebhookEntity } from '../../src/webhooks/persistence/webhook.entity.js';
import { MAX_WEBHOOKS, type Webhook } from '../../src/webhooks/webhook.js';
import type { WebhookDraft, Webhooks } from '../../src/webhooks/webhooks.js';
import { InMemoryDeliveries } from '../fakes/in-memory-deliveries.js';
import { InMemoryOutboxEvents } from '../fakes/in-memory-outbox-events.js';
import { InMemoryWebhooks } from '../fakes/in-memory-webhooks.js';
import { BROKEN, GONE, TAKEN } from '../fakes/scripted-webhook-sender.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const UNKNOWN = new RandomIds().next();
const DAY = 86_400_000;
const SIMULTANEOUS = Array.from({ length: 20 }, (_, n) => n);
const DRAFT: WebhookDraft = {
  url: 'https://hooks.example.com/slotkeeper',
  events: EVENT_TYPES,
  description: 'CRM',
  active: true,
};

interface World {
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly events: OutboxEvents;
  addWorkspace(): Promise<string>;
  /** Attempts that wait in the queue for this delivery, by their numbers. */
  waiting(delivery: Delivery): Promise<number[]>;
  /** All that was is `ms` longer ago. */
  age(ms: number): Promise<void>;
}

let schema: Schema;
let world: World;
let webhooks: Webhooks;
let deliveries: Deliveries;
let workspaceId: string;

const keys = new Map([['test', Buffer.alloc(32, 7)]]);

beforeAll(async () => {
  schema = await connectedSchema();
});

afterAll(() => schema.drop());

function postgresWorld(): World {
  const { source } = schema;
  const ids = new RandomIds();
  return {
    webhooks: new PostgresWebhooks(source.getRepository(WebhookEntity), new Cipher(keys), ids),
    deliveries: new PostgresDeliveries(source.getRepository(WebhookDeliveryEntity), ids),
    events: new PostgresOutboxEvents(source.getRepository(OutboxEventEntity), ids),
    addWorkspace: () => schema.addWorkspace(),
    waiting: async ({ eventId, webhookId }) => {
      const rows: { attempt: number }[] = await source.query(
        `SELECT (payload->>'attempt')::int AS attempt FROM graphile_worker._private_jobs
         WHERE payload->>'event_id' = $1 AND payload->>'listener_id' = $2`,
        [eventId, webhookId],
      );
      return rows.map(({ attempt }) => attempt);
    },
    age: async (ms) => {
      await source.query(
        `UPDATE webhooks SET failing_since = failing_since - $1 * interval '1 millisecond',
           previous_secret_until = previous_secret_until - $1 * interval '1 millisecond'`,
        [ms],
      );
    },
  };
}

function memoryWorld(): World {
  const clock = new FixedClock(Date.now());
  const ids = new RandomIds();
  const events = new InMemoryOutboxEvents(ids, clock);
  const held = new InMemoryWebhooks(ids, clock);
  const made = new InMemoryDeliveries(held, events, clock, ids);
  return {
    webhooks: held,
    deliveries: made,
    events,
    addWorkspace: async () => ids.next(),
    waiting: async ({ id }) => [made.waiting.get(id)].flatMap((one) => one?.attempt ?? []),
    age: async (ms) => clock.advance(ms),
  };
}

async function enter(entered: World): Promise<void> {
  world = entered;
  ({ webhooks, deliveries } = world);
  workspaceId = await world.addWorkspace();
}

async function add(differences: Partial<WebhookDraft> = {}, workspace = workspaceId): Promise<Webhook> {
  const added = await webhooks.add(workspace, { ...DRAFT, ...differences });
  if (added === null) throw new Error('It was not added.');
  return added.webhook;
}

const anEvent = (type = 'calendar.failing'): Promise<OutboxEvent> =>
  world.events.add({ workspaceId, type, objectId: UNKNOWN, data: {} });

async function open(webhook: Webhook, type?: string): Promise<Delivery> {
  const delivery = await deliveries.open(await anEvent(type), webhook.id);
  if (delivery === null) throw new Error('It was not opened.');
  return delivery;
}

const RETRY: Verdict = { retryInMs: 300_000, isGone: false, patienceMs: 5 * DAY };
const NO_MORE: Verdict = { ...RETRY, retryInMs: null };

async function record(delivery: Delivery, attempt: Attempt, verdict: Verdict): Promise<Delivery> {
  const recorded = await deliveries.record(delivery, attempt, verdict);
  if (recorded === null) throw new Error('It was not recorded.');
  return recorded.delivery;
}

const found = async ({ id }: Webhook): Promise<Webhook> => {
  const webhook = await webhooks.find(id, 'all');
  if (webhook === null) throw new Error('There is no such webhook.');
  return webhook;
};

describe.each([
  ['in memory', memoryWorld],
  ['in Postgres', postgresWorld],
])('webhooks %s', (_, makeWorld) => {
  beforeEach(() => enter(makeWorld()));

  it('are kept as they were given, active and without blame', async () => {
    const webhook = await add({ events: ['booking.confirmed'], description: null });
    expect(webhook).toMatchObject({
      workspaceId,
      url: DRAFT.url,
      events: ['booking.confirmed'],
      description: null,
      active: true,
      failures: 0,
      failingSince: null,
      disabled: null,
    });
    expect(await webhooks.find(webhook.id, { workspaceId })).toEqual(webhook);
  });

  it('are seen, changed and removed by their own workspace only, and by the operator', async () => {
    const webhook = await add();
    const elsewhere = { workspaceId: await world.addWorkspace() };
    expect(await webhooks.find(webhook.id, elsewhere)).toBeNull();
    expect((await webhooks.list(elsewhere, { limit: 50 })).items).toEqual([]);
    expect(await webhooks.change(webhook.id, elsewhere, { active: false })).toBeNull();
    expect(await webhooks.rotateSecret(webhook.id, elsewhere, DAY)).toBeNull();
    expect(await webhooks.remove(webhook.id, elsewhere)).toBe(false);
    expect(await webhooks.find(webhook.id, 'all')).toEqual(webhook);
    expect((await webhooks.list({ workspaceId }, { limit: 50 })).items).toEqual([webhook]);
    expect(await webhooks.remove(webhook.id, { workspaceId })).toBe(true);
    expect(await webhooks.remove(webhook.id, { workspaceId })).toBe(false);
  });

  it('change in what is named only', async () => {
    const webhook = await add();
    const changed = await webhooks.change(webhook.id, 'all', {
      events: ['booking.failed'],
      description: null,
    });
    expect(changed).toEqual({ ...webhook, events: ['booking.failed'], description: null });
    expect(await webhooks.change(webhook.id, 'all', {})).toEqual(changed);
    expect(await webhooks.change(UNKNOWN, 'all', { active: false })).toBeNull();
  });

  it('are as many as a workspace may have, and no more', async () => {
    for (let n = 0; n < MAX_WEBHOOKS; n += 1) await add();
    expect(await webhooks.add(workspaceId, DRAFT)).toBeNull();
    expect(await webhooks.add(await world.addWorkspace(), DRAFT)).not.toBeNull();
  });

  it('sign with one secret, and after a rotation for a while with the one before as well', async () => {
    const added = await webhooks.add(workspaceId, DRAFT);
    const id = added?.webhook.id ?? '';
    const first = added?.secret.reveal();
    const texts = async (): Promise<string[]> =>
      (await webhooks.secrets(id)).map((secret) => secret.reveal());
    expect(await texts()).toEqual([first]);
    const second = (await webhooks.rotateSecret(id, { workspaceId }, DAY))?.reveal();
    expect(await texts()).toEqual([second, first]);
    const third = (await webhooks.rotateSecret(id, { workspaceId }, DAY))?.reveal();
    expect(await texts()).toEqual([third, second]);
    await world.age(DAY + 1000);
    expect(await texts()).toEqual([third]);
    expect(await webhooks.secrets(UNKNOWN)).toEqual([]);
  });
});

describe.each([
  ['in memory', memoryWorld],
  ['in Postgres', postgresWorld],
])('deliveries %s', (_, makeWorld) => {
  let webhook: Webhook;

  beforeEach(async () => {
    await enter(makeWorld());
    webhook = await add();
  });

  it('are one for each event and webhook, whoever begins them', async () => {
    const event = await anEvent();
    const opened = await Promise.all(SIMULTANEOUS.map(() => deliveries.open(event, webhook.id)));
    expect(new Set(opened.map((delivery) => delivery?.id)).size).toBe(1);
    expect(opened[0]).toMatchObject({
      webhookId: webhook.id,
      eventId: event.id,
      eventType: 'calendar.failing',
      status: 'pending',
      attempts: 0,
      nextAttemptAt: null,
    });
    expect((await deliveries.list(webhook.id, { limit: 50 })).items).toEqual([opened[0]]);
  });

  it('are not begun for what is gone', async () => {
    expect(await deliveries.open({ id: UNKNOWN, type: 'calendar.failing' }, webhook.id)).toBeNull();
    expect(await deliveries.open(await anEvent(), UNKNOWN)).toBeNull();
  });

  it('are found with their own webhook only', async () => {
    const delivery = await open(webhook);
    expect(await deliveries.find(delivery.id, webhook.id)).toEqual(delivery);
    expect(await deliveries.find(delivery.id, (await add()).id)).toBeNull();
    expect((await deliveries.list((await add()).id, { limit: 50 })).items).toEqual([]);
  });

  it('end when they are taken', async () => {
    const delivery = await record(await open(webhook), TAKEN, NO_MORE);
    expect(delivery).toMatchObject({
      status: 'delivered',
      attempts: 1,
      responseStatus: 204,
      failure: null,
      durationMs: 12,
      attemptedAt: expect.any(Number),
      nextAttemptAt: null,
    });
    expect(await world.waiting(delivery)).toEqual([]);
  });

  it('have their next attempt put into the queue by the very record of the last', async () => {
    const delivery = await record(await open(webhook), BROKEN, RETRY);
    expect(delivery).toMatchObject({
      status: 'pending',
      attempts: 1,
      failure: 'answer',
      responseStatus: 500,
    });
    expect((delivery.nextAttemptAt ?? 0) - (delivery.attemptedAt ?? 0)).toBe(300_000);
    expect(await world.waiting(delivery)).toEqual([2]);
    const next = await record(delivery, BROKEN, RETRY);
    expect(next.attempts).toBe(2);
    expect(await world.waiting(next)).toEqual([3]);
  });

  it('are given up without a further attempt', async () => {
    const delivery = await record(await open(webhook), BROKEN, NO_MORE);
    expect(delivery).toMatchObject({ status: 'failed', nextAttemptAt: null });
    expect(await world.waiting(delivery)).toEqual([]);
    const other = await open(webhook);
    await deliveries.giveUp(other, 'webhook_inactive');
    expect(await deliveries.find(other.id, webhook.id)).toMatchObject({
      status: 'failed',
      failure: 'webhook_inactive',
      attempts: 0,
    });
    await deliveries.giveUp(await record(await open(webhook), TAKEN, NO_MORE), 'webhook_inactive');
  });

  it('record each attempt once, however many say that they made it', async () => {
    const delivery = await open(webhook);
    const records = await Promise.all(SIMULTANEOUS.map(() => deliveries.record(delivery, BROKEN, RETRY)));
    expect(records.filter((recorded) => recorded !== null)).toHaveLength(1);
    expect(await world.waiting(delivery)).toEqual([2]);
    expect((await found(webhook)).failures).toBe(1);
  });

  it('count against their webhook until one is taken', async () => {
    await record(await open(webhook), BROKEN, RETRY);
    await record(await open(webhook), BROKEN, RETRY);
    const failing = await found(webhook);
    expect(failing).toMatchObject({ failures: 2, failingSince: expect.any(Number), active: true });
    await record(await open(webhook), TAKEN, NO_MORE);
    expect(await found(webhook)).toMatchObject({ failures: 0, failingSince: null });
  });

  it('switch their webhook off once when they are given up, after nothing but failures for as long as one has patience', async () => {
    await record(await open(webhook), BROKEN, RETRY);
    await world.age(5 * DAY + 1000);
    const late = await Promise.all(SIMULTANEOUS.map(() => open(webhook)));
    await record(await open(webhook), BROKEN, RETRY);
    expect(await found(webhook)).toMatchObject({ active: true, disabled: null });
    const records = await Promise.all(late.map((delivery) => deliveries.record(delivery, BROKEN, NO_MORE)));
    expect(records.filter((recorded) => recorded?.disabled === 'failing')).toHaveLength(1);
    expect(await found(webhook)).toMatchObject({
      active: false,
      failures: 22,
      disabled: { reason: 'failing', at: expect.any(Number) },
    });
    expect((await webhooks.disabled({ workspaceId })).map(({ id }) => id)).toEqual([webhook.id]);
    expect(await webhooks.disabled({ workspaceId: await world.addWorkspace() })).toEqual([]);

    const again = await webhooks.change(webhook.id, 'all', { active: true });
    expect(again).toMatchObject({ active: true, failures: 0, failingSince: null, disabled: null });
    expect(await webhooks.disabled({ workspaceId })).toEqual([]);
  });

  it('switch their webhook off at once when its receiver is gone', async () => {
    const recorded = await deliveries.record(await open(webhook), GONE, { ...NO_MORE, isGone: true });
    expect(recorded?.disabled).toBe('gone');
    expect(await found(webhook)).toMatchObject({ active: false, disabled: { reason: 'gone' } });
  });

  it('of a test are not held against their webhook, and clear it when they are taken', async () => {
    const aTest = (): Promise<Delivery> => open(webhook, 'webhook.test');
    await record(await aTest(), BROKEN, NO_MORE);
    await record(await aTest(), GONE, { ...NO_MORE, isGone: true });
    expect(await found(webhook)).toEqual(webhook);
    await record(await open(webhook), BROKEN, RETRY);
    await world.age(5 * DAY + 1000);
    const failing = await found(webhook);
    await record(await aTest(), BROKEN, NO_MORE);
    expect(await found(webhook)).toEqual(failing);
    await record(await aTest(), TAKEN, NO_MORE);
    expect(await found(webhook)).toEqual(webhook);
  });

  it('do not say why a webhook is off that its owner has switched off', async () => {
    const delivery = await open(webhook);
    await webhooks.change(webhook.id, 'all', { active: false });
    const recorded = await deliveries.record(delivery, GONE, { ...NO_MORE, isGone: true });
    expect(recorded?.disabled).toBeNull();
    expect(await found(webhook)).toMatchObject({ active: false, disabled: null });
  });

  it('are delivered again when they were taken or given up, once however many ask for it', async () => {
    for (const attempt of [TAKEN, BROKEN]) {
      const delivery = await record(await open(webhook), attempt, NO_MORE);
      const wishes = await Promise.all(SIMULTANEOUS.map(() => deliveries.redeliver(delivery)));
      expect(wishes.filter((wish) => wish !== null)).toMatchObject([{ status: 'pending', attempts: 1 }]);
      expect(await world.waiting(delivery)).toEqual([2]);
    }
  });

  it('that wait are brought forward', async () => {
    const delivery = await record(await open(webhook), BROKEN, RETRY);
    const sooner = await deliveries.redeliver(delivery);
    expect(sooner?.nextAttemptAt ?? Infinity).toBeLessThan(delivery.nextAttemptAt ?? 0);
    expect(await world.waiting(delivery)).toEqual([2]);
  });

  it('that are under way are left to that', async () => {
    expect(await deliveries.redeliver(await open(webhook))).toBeNull();
  });

  it('end with their webhook', async () => {
    const delivery = await open(webhook);
    await webhooks.remove(webhook.id, 'all');
    expect(await deliveries.record(delivery, TAKEN, NO_MORE)).toBeNull();
  });
});

describe('in Postgres', () => {
  beforeEach(() => enter(postgresWorld()));

  const stored = async (id: string): Promise<{ secret: string | null; previous_secret: string | null }> => {
    const [row]: { secret: string | null; previous_secret: string | null }[] = await schema.source.query(
      'SELECT secret, previous_secret FROM webhooks WHERE id = $1',
      [id],
    );
    return row ?? { secret: null, previous_secret: null };
  };

  it('no secret is kept in the clear, nor opens in another place', async () => {
    const webhook = await add();
    const other = await add();
    await webhooks.rotateSecret(webhook.id, 'all', DAY);
    const { secret, previous_secret: previous } = await stored(webhook.id);
    for (const text of [secret, previous]) expect(text).toMatch(/^test\.[\w-]+$/);
    await schema.source.query('UPDATE webhooks SET secret = $2 WHERE id = $1', [other.id, secret]);
    expect(await webhooks.secrets(other.id)).toEqual([]);
    await schema.source.query('UPDATE webhooks SET secret = previous_secret WHERE id = $1', [webhook.id]);
    expect(await webhooks.secrets(webhook.id)).toHaveLength(1);
  });

  it('a waiting attempt of a webhook that fails comes after those of others', async () => {
    const webhook = await add();
    for (let n = 0; n < 3; n += 1) await record(await open(webhook), BROKEN, RETRY);
    const rows: { priority: number }[] = await schema.source.query(
      `SELECT priority FROM graphile_worker._private_jobs WHERE payload->>'listener_id' = $1 ORDER BY priority`,
      [webhook.id],
    );
    expect(rows.map(({ priority }) => priority)).toEqual([0, 1, 2]);
    const [listener]: { priority: number }[] = await schema.source.query(
      'SELECT priority FROM outbox_listeners WHERE listener_id = $1',
      [webhook.id],
    );
    expect(listener?.priority).toBe(3);
  });

  it('the attempt that is being made cannot be brought forward into a second one', async () => {
    const delivery = await record(await open(await add()), BROKEN, RETRY);
    const key = `webhook-delivery/${delivery.id}`;
    await schema.source.query(
      `UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'pool-1' WHERE key = $1`,
      [key],
    );
    expect(await deliveries.redeliver(delivery)).toBeNull();
    expect(await deliveries.find(delivery.id, delivery.webhookId)).toEqual(delivery);
  });
});

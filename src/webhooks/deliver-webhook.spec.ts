import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryDeliveries } from '../../test/fakes/in-memory-deliveries.js';
import { InMemoryOutboxEvents } from '../../test/fakes/in-memory-outbox-events.js';
import { InMemoryWebhooks } from '../../test/fakes/in-memory-webhooks.js';
import { RecordingMetrics } from '../../test/fakes/recording-metrics.js';
import {
  BROKEN,
  GONE,
  ScriptedWebhookSender,
  TAKEN,
  UNREACHABLE,
} from '../../test/fakes/scripted-webhook-sender.js';
import { aConfig } from '../../test/support/a-config.js';
import { anEvent, aWebhook } from '../../test/support/a-webhook.js';
import { ReauthLinks } from '../oauth/reauth-links.js';
import { FixedClock } from '../shared/clock.js';
import { RecordingLog } from '../shared/log.js';
import { Secret } from '../shared/secret.js';
import { Signer } from '../shared/signer.js';
import { AttemptDelivery } from './attempt-delivery.js';
import { DeliverWebhook } from './deliver-webhook.js';
import type { Delivery } from './delivery.js';
import { Redeliver } from './redeliver.js';
import { TestWebhook } from './test-webhook.js';
import { AttemptUnderWay, SecretLost } from './webhook.errors.js';
import type { Webhook } from './webhook.js';

const DAY = 86_400_000;
const START = Date.UTC(2027, 2, 10, 14);

let clock: FixedClock;
let log: RecordingLog;
let metrics: RecordingMetrics;
let sender: ScriptedWebhookSender;
let events: InMemoryOutboxEvents;
let webhooks: InMemoryWebhooks;
let deliveries: InMemoryDeliveries;
let deliver: DeliverWebhook;
let test: TestWebhook;
let redeliver: Redeliver;

beforeEach(() => {
  clock = new FixedClock(START);
  log = new RecordingLog();
  metrics = new RecordingMetrics();
  sender = new ScriptedWebhookSender();
  events = new InMemoryOutboxEvents(undefined, clock);
  webhooks = new InMemoryWebhooks(undefined, clock);
  deliveries = new InMemoryDeliveries(webhooks, events, clock);
  const config = aConfig();
  const links = new ReauthLinks(config, new Signer(config.encryptionKeys), clock);
  const attempt = new AttemptDelivery(webhooks, deliveries, sender, links, log);
  deliver = new DeliverWebhook(events, webhooks, deliveries, attempt, metrics);
  test = new TestWebhook(events, webhooks, deliveries, attempt);
  redeliver = new Redeliver(webhooks, deliveries);
  events.given(anEvent());
  webhooks.given(aWebhook());
});

const NEVER = new AbortController().signal;
const attempt = (number: number, eventId = 'event-1', signal = NEVER): Promise<void> =>
  deliver.execute({ eventId, webhookId: 'webhook-1', attempt: number }, signal);

async function delivery(index = 0): Promise<Delivery> {
  const { items } = await deliveries.list('webhook-1', { limit: 50 });
  const found = items[index];
  if (found === undefined) throw new Error('There is no such delivery.');
  return found;
}

async function webhook(): Promise<Webhook> {
  const found = await webhooks.find('webhook-1', 'all');
  if (found === null) throw new Error('There is no such webhook.');
  return found;
}

/** The tenth, after which an event is given up. */
async function lastAttempt(eventId: string): Promise<void> {
  events.given(anEvent({ id: eventId }));
  for (let number = 1; number <= 10; number += 1) await attempt(number, eventId);
}

/** Time goes on to the attempt that waits, and it is made, until none waits any more. */
async function untilNoneWaits(): Promise<number> {
  let made = 0;
  for (;;) {
    const [next] = deliveries.waiting;
    if (next === undefined) return made;
    const [id, due] = next;
    deliveries.waiting.delete(id);
    const { nextAttemptAt } = await delivery();
    clock.set(nextAttemptAt ?? clock.now());
    await deliver.execute(due, NEVER);
    made += 1;
  }
}

describe('an attempt to deliver', () => {
  it('sends the event, signed with every secret of the webhook, and records that it was taken', async () => {
    webhooks.given(aWebhook(), [new Secret('whsec_new'), new Secret('whsec_old')]);
    await attempt(1);
    expect(sender.sent).toMatchObject([
      { url: aWebhook().url, message: { id: 'event-1' }, secrets: ['whsec_new', 'whsec_old'] },
    ]);
    expect(await delivery()).toMatchObject({
      status: 'delivered',
      attempts: 1,
      responseStatus: 204,
      failure: null,
      durationMs: 12,
      attemptedAt: START,
      nextAttemptAt: null,
    });
  });

  it('that failed is followed by another after a pause', async () => {
    sender.answers = UNREACHABLE;
    await attempt(1);
    const { status, failure, nextAttemptAt } = await delivery();
    expect([status, failure]).toEqual(['pending', 'connection_failed']);
    expect((nextAttemptAt ?? 0) - START).toBeGreaterThanOrEqual(5000);
    expect((nextAttemptAt ?? 0) - START).toBeLessThanOrEqual(5500);
    expect([...deliveries.waiting.values()]).toEqual([
      { eventId: 'event-1', webhookId: 'webhook-1', attempt: 2 },
    ]);
  });

  it('is made as long as the receiver is down, and the event is not lost', async () => {
    sender.answers = BROKEN;
    await attempt(1);
    sender.meanwhile = () => {
      if (clock.now() > START + DAY) sender.answers = TAKEN;
    };
    await untilNoneWaits();
    expect(await delivery()).toMatchObject({ status: 'delivered', attempts: 8 });
    expect(new Set(sender.sent.map(({ message }) => message.id))).toEqual(new Set(['event-1']));
    expect(await webhook()).toMatchObject({ failures: 0, failingSince: null });
  });

  it('is given up after ten in three days', async () => {
    sender.answers = BROKEN;
    await attempt(1);
    expect(await untilNoneWaits()).toBe(9);
    expect(await delivery()).toMatchObject({ status: 'failed', attempts: 10, nextAttemptAt: null });
    const tried = Array.from({ length: 9 }, () => 'webhook: answer, pending');
    expect(metrics.measured).toEqual([...tried, 'webhook: answer, failed']);
    expect(clock.now() - START).toBeGreaterThan(3 * DAY);
    expect(await webhook()).toMatchObject({ active: true, failures: 10, failingSince: START });
  });

  it('that was recorded is not made again when its job comes a second time', async () => {
    await attempt(1);
    await attempt(1);
    sender.answers = BROKEN;
    events.given(anEvent({ id: 'event-2' }));
    await attempt(1, 'event-2');
    await attempt(1, 'event-2');
    expect(sender.sent.map(({ message }) => message.id)).toEqual(['event-1', 'event-2']);
  });

  it('that two made at once is recorded once', async () => {
    await Promise.all([attempt(1), attempt(1)]);
    expect(await delivery()).toMatchObject({ attempts: 1 });
    expect(metrics.measured).toEqual(['webhook: delivered, delivered']);
  });

  it('is made again when nobody knows what became of it, because its process had to stop', async () => {
    const stopping = new AbortController();
    sender.answers = { ...UNREACHABLE, failure: 'timeout' };
    sender.meanwhile = () => stopping.abort();
    await expect(attempt(1, 'event-1', stopping.signal)).rejects.toThrow();
    expect(await delivery()).toMatchObject({ status: 'pending', attempts: 0 });
    sender.answers = TAKEN;
    await attempt(1);
    expect(await delivery()).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('that was taken counts, also when its process stops just then', async () => {
    const stopping = new AbortController();
    sender.meanwhile = () => stopping.abort();
    await attempt(1, 'event-1', stopping.signal);
    expect(await delivery()).toMatchObject({ status: 'delivered' });
  });

  it('of an event or for a webhook that is gone does nothing', async () => {
    await attempt(1, 'event-of-nobody');
    await webhooks.remove('webhook-1', 'all');
    await attempt(1);
    expect(sender.sent).toEqual([]);
  });

  it('for a webhook that is not active is not made, but can be asked for later', async () => {
    await webhooks.change('webhook-1', 'all', { active: false });
    await attempt(1);
    expect(sender.sent).toEqual([]);
    expect(await delivery()).toMatchObject({ status: 'failed', failure: 'webhook_inactive', attempts: 0 });
  });

  it('without a secret to sign with is no attempt', async () => {
    webhooks.given(aWebhook(), []);
    await expect(attempt(1)).rejects.toBeInstanceOf(SecretLost);
    expect(sender.sent).toEqual([]);
    expect(await delivery()).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('tells the log of ids and codes only', async () => {
    sender.answers = BROKEN;
    await attempt(1);
    expect(JSON.stringify(log.lines)).not.toMatch(/hooks\.example|whsec/);
    expect(log.lines).toMatchObject([
      {
        level: 'debug',
        event: 'webhook.not_delivered',
        fields: { webhook_id: 'webhook-1', failure: 'answer' },
      },
    ]);
  });
});

describe('a webhook', () => {
  it('whose receiver is gone is switched off at once, and not asked again', async () => {
    sender.answers = GONE;
    await attempt(1);
    expect(await delivery()).toMatchObject({ status: 'failed', responseStatus: 410 });
    expect(deliveries.waiting.size).toBe(0);
    expect(await webhook()).toMatchObject({ active: false, disabled: { reason: 'gone', at: START } });
    expect(log.lines).toContainEqual({
      level: 'warn',
      event: 'webhook.disabled',
      message: expect.any(String),
      fields: { webhook_id: 'webhook-1', workspace_id: 'workspace-1', reason: 'gone' },
    });
  });

  it('that did nothing but fail for five days is switched off', async () => {
    sender.answers = BROKEN;
    await attempt(1);
    clock.advance(5 * DAY);
    await lastAttempt('event-2');
    expect((await webhook()).active).toBe(true);
    clock.advance(1);
    await lastAttempt('event-3');
    expect(await webhook()).toMatchObject({
      active: false,
      disabled: { reason: 'failing', at: clock.now() },
    });
  });

  it('that was seldom told anything is not switched off by the first attempt that fails again', async () => {
    sender.answers = BROKEN;
    await attempt(1);
    clock.advance(30 * DAY);
    events.given(anEvent({ id: 'event-2' }));
    await attempt(1, 'event-2');
    expect(await webhook()).toMatchObject({ active: true, failures: 2, failingSince: START });
  });

  it('that took anything meanwhile is not', async () => {
    sender.answers = BROKEN;
    await attempt(1);
    clock.advance(4 * DAY);
    sender.answers = TAKEN;
    events.given(anEvent({ id: 'event-2' }));
    await attempt(1, 'event-2');
    clock.advance(4 * DAY);
    sender.answers = BROKEN;
    events.given(anEvent({ id: 'event-3' }));
    await attempt(1, 'event-3');
    expect(await webhook()).toMatchObject({ active: true, failures: 1 });
  });
});

describe('a test', () => {
  it('sends an event of its own once, and shows what came of it', async () => {
    sender.answers = BROKEN;
    const result = await test.execute('webhook-1', 'all');
    expect(result).toMatchObject({
      eventType: 'webhook.test',
      status: 'failed',
      attempts: 1,
      responseStatus: 500,
    });
    expect(deliveries.waiting.size).toBe(0);
    expect(JSON.parse(sender.sent[0]?.message.body ?? '')).toMatchObject({
      type: 'webhook.test',
      data: { webhook_id: 'webhook-1', workspace_id: 'workspace-1' },
    });
  });

  it('is not held against the webhook', async () => {
    for (const answer of [BROKEN, GONE]) {
      sender.answers = answer;
      await test.execute('webhook-1', 'all');
    }
    expect(await webhook()).toMatchObject({ active: true, failures: 0, failingSince: null });
    sender.answers = BROKEN;
    await attempt(1);
    clock.advance(6 * DAY);
    await test.execute('webhook-1', 'all');
    expect(await webhook()).toMatchObject({ active: true, failures: 1, failingSince: START });
    sender.answers = TAKEN;
    await test.execute('webhook-1', 'all');
    expect(await webhook()).toMatchObject({ active: true, failures: 0, failingSince: null });
  });

  it('reaches a webhook that is not active, so that it can be mended first', async () => {
    await webhooks.change('webhook-1', 'all', { active: false });
    expect(await test.execute('webhook-1', 'all')).toMatchObject({ status: 'delivered' });
  });

  it('is not for the webhooks of others', async () => {
    await expect(test.execute('webhook-1', { workspaceId: 'workspace-2' })).rejects.toMatchObject({
      kind: 'not_found',
    });
    expect(sender.sent).toEqual([]);
  });
});

describe('delivering again', () => {
  it('repeats what was taken, under the same id', async () => {
    await attempt(1);
    const again = await redeliver.execute((await delivery()).id, 'webhook-1', 'all');
    expect(again).toMatchObject({ status: 'pending', attempts: 1, nextAttemptAt: START });
    await untilNoneWaits();
    expect(await delivery()).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(sender.sent.map(({ message }) => message.id)).toEqual(['event-1', 'event-1']);
  });

  it('brings forward what waits', async () => {
    sender.answers = BROKEN;
    await attempt(1);
    sender.answers = TAKEN;
    await redeliver.execute((await delivery()).id, 'webhook-1', 'all');
    await untilNoneWaits();
    expect(clock.now()).toBe(START);
    expect(await delivery()).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  it('is refused while an attempt is under way', async () => {
    await deliveries.open(anEvent(), 'webhook-1');
    const again = redeliver.execute((await delivery()).id, 'webhook-1', 'all');
    await expect(again).rejects.toBeInstanceOf(AttemptUnderWay);
  });

  it('is refused while the webhook is not active', async () => {
    await attempt(1);
    await webhooks.change('webhook-1', 'all', { active: false });
    const again = redeliver.execute((await delivery()).id, 'webhook-1', 'all');
    await expect(again).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('is not for the deliveries of others', async () => {
    await attempt(1);
    const { id } = await delivery();
    webhooks.given(aWebhook({ id: 'webhook-2', workspaceId: 'workspace-2' }));
    const scope = { workspaceId: 'workspace-2' };
    await expect(redeliver.execute(id, 'webhook-1', scope)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(redeliver.execute(id, 'webhook-2', scope)).rejects.toMatchObject({ kind: 'not_found' });
  });
});

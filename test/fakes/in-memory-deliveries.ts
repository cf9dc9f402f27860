import type { Clock } from '../../src/shared/clock.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import { Deliveries, type Recorded, type Verdict } from '../../src/webhooks/deliveries.js';
import {
  TEST_EVENT,
  type Attempt,
  type Delivery,
  type DeliveryFailure,
  type DeliveryStatus,
} from '../../src/webhooks/delivery.js';
import type { DisabledReason, Webhook } from '../../src/webhooks/webhook.js';
import type { InMemoryOutboxEvents } from './in-memory-outbox-events.js';
import { pageOf } from './in-memory-page.js';
import type { InMemoryWebhooks } from './in-memory-webhooks.js';

/** An attempt that waits for its time. */
export interface Waiting {
  readonly eventId: string;
  readonly webhookId: string;
  readonly attempt: number;
}

export class InMemoryDeliveries extends Deliveries {
  readonly #rows = new Map<string, Delivery>();
  /** Jobs in the queue, by delivery. */
  readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly webhooks: InMemoryWebhooks,
    private readonly events: InMemoryOutboxEvents,
    private readonly clock: Clock,
    private readonly ids: Ids = new SequentialIds(),
  ) {
    super();
  }

  async open(
    event: { readonly id: string; readonly type: string },
    webhookId: string,
  ): Promise<Delivery | null> {
    const isGone = (await this.events.find(event.id)) === null || this.webhooks.now(webhookId) === null;
    const isOf = (row: Delivery): boolean => row.eventId === event.id && row.webhookId === webhookId;
    const known = [...this.#rows.values()].find(isOf);
    if (known !== undefined || isGone) return known ?? null;
    return this.#put({
      id: this.ids.next(),
      webhookId,
      eventId: event.id,
      eventType: event.type,
      status: 'pending',
      attempts: 0,
      responseStatus: null,
      failure: null,
      durationMs: null,
      attemptedAt: null,
      nextAttemptAt: null,
      createdAt: this.clock.now(),
    });
  }

  async find(id: string, webhookId: string): Promise<Delivery | null> {
    const row = this.#rows.get(id);
    return row?.webhookId === webhookId ? row : null;
  }

  async list(webhookId: string, page: PageQuery): Promise<Page<Delivery>> {
    return pageOf(
      [...this.#rows.values()].filter((row) => row.webhookId === webhookId),
      page,
    );
  }

  async record(seen: Delivery, attempt: Attempt, verdict: Verdict): Promise<Recorded | null> {
    const row = this.#rows.get(seen.id);
    if (row?.status !== 'pending' || row.attempts !== seen.attempts) return null;
    const webhook = this.webhooks.now(row.webhookId);
    if (webhook === null) return null;
    const now = this.clock.now();
    const { failure, responseStatus, durationMs } = attempt;
    const { retryInMs } = verdict;
    const delivery = this.#put({
      ...row,
      status: statusAfter(attempt, verdict),
      attempts: row.attempts + 1,
      failure,
      responseStatus,
      durationMs,
      attemptedAt: now,
      nextAttemptAt: retryInMs === null ? null : now + retryInMs,
    });
    if (delivery.status === 'pending') this.#enqueue(delivery);
    return { delivery, disabled: this.#judge(webhook, delivery, verdict) };
  }

  async giveUp({ id }: Delivery, failure: DeliveryFailure): Promise<void> {
    const row = this.#rows.get(id);
    if (row?.status === 'pending') this.#put({ ...row, status: 'failed', failure, nextAttemptAt: null });
  }

  async redeliver({ id, attempts, status }: Delivery): Promise<Delivery | null> {
    const row = this.#rows.get(id);
    if (row === undefined || row.attempts !== attempts) return null;
    if ((row.status === 'pending') !== (status === 'pending')) return null;
    if (status === 'pending' && !this.waiting.has(id)) return null;
    const delivery = this.#put({ ...row, status: 'pending', nextAttemptAt: this.clock.now() });
    this.#enqueue(delivery);
    return delivery;
  }

  #judge(
    webhook: Webhook,
    { webhookId, eventType, status }: Delivery,
    verdict: Verdict,
  ): DisabledReason | null {
    if (status === 'delivered') {
      this.webhooks.judge(webhookId, { failures: 0, failingSince: null });
      return null;
    }
    if (eventType === TEST_EVENT) return null;
    const now = this.clock.now();
    const reason = webhook.active ? reasonToStop(webhook, verdict, now) : null;
    this.webhooks.judge(webhookId, {
      failures: webhook.failures + 1,
      failingSince: webhook.failingSince ?? now,
      ...(reason === null ? {} : { active: false, disabled: { at: now, reason } }),
    });
    return reason;
  }

  #enqueue({ id, eventId, webhookId, attempts }: Delivery): void {
    this.waiting.set(id, { eventId, webhookId, attempt: attempts + 1 });
  }

  #put(row: Delivery): Delivery {
    this.#rows.set(row.id, row);
    return row;
  }
}

function statusAfter({ failure }: Attempt, { retryInMs }: Verdict): DeliveryStatus {
  if (failure === null) return 'delivered';
  return retryInMs === null ? 'failed' : 'pending';
}

function reasonToStop(
  { failingSince }: Webhook,
  { retryInMs, isGone, patienceMs }: Verdict,
  now: number,
): DisabledReason | null {
  if (isGone) return 'gone';
  const isTooLong = failingSince !== null && failingSince < now - patienceMs;
  return isTooLong && retryInMs === null ? 'failing' : null;
}

import type { OutboxEvent } from '../../src/outbox/outbox-event.js';
import { OutboxEvents } from '../../src/outbox/outbox-events.js';
import { FixedClock, type Clock } from '../../src/shared/clock.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';

export class InMemoryOutboxEvents extends OutboxEvents {
  readonly #rows = new Map<string, OutboxEvent>();

  constructor(
    private readonly ids: Ids = new SequentialIds(),
    private readonly clock: Clock = new FixedClock(0),
  ) {
    super();
  }

  /** Puts an event there as it is. */
  given(event: OutboxEvent): OutboxEvent {
    this.#rows.set(event.id, event);
    return event;
  }

  async find(id: string): Promise<OutboxEvent | null> {
    return this.#rows.get(id) ?? null;
  }

  async add(event: Pick<OutboxEvent, 'workspaceId' | 'type' | 'objectId' | 'data'>): Promise<OutboxEvent> {
    const occurredAt = this.clock.now();
    return this.given({ ...event, id: this.ids.next(), sequence: this.#rows.size + 1, occurredAt });
  }

  async removeOlderThan(ageMs: number): Promise<number> {
    const old = [...this.#rows.values()].filter(({ occurredAt }) => occurredAt < this.clock.now() - ageMs);
    for (const { id } of old) this.#rows.delete(id);
    return old.length;
  }
}

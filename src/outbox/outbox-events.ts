import type { OutboxEvent } from './outbox-event.js';

/** Events that are told or have been. The statements that change the objects write them, by `telling`. */
export abstract class OutboxEvents {
  abstract find(id: string): Promise<OutboxEvent | null>;
  /** Writes an event that nobody is told of by itself. */
  abstract add(event: Pick<OutboxEvent, 'workspaceId' | 'type' | 'objectId' | 'data'>): Promise<OutboxEvent>;
  /** Removes what is older, with the deliveries of it; answers how many events. */
  abstract removeOlderThan(ageMs: number): Promise<number>;
}

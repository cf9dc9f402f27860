import {
  IdempotencyKeys,
  type Answer,
  type KeyedRequest,
  type Turn,
} from '../../src/booking/idempotency-keys.js';

interface HeldKey {
  readonly hash: string;
  readonly bookingId: string;
  /** A lease of 0 ms has run out at once; any other never does. */
  readonly isLeased: boolean;
  readonly answer: string | null;
}

/** Knows no time: keys are never too old. */
export class InMemoryIdempotencyKeys extends IdempotencyKeys {
  onBegin: (leaseMs: number) => void = () => undefined;
  readonly #held = new Map<string, HeldKey>();

  async begin<T>(request: KeyedRequest, bookingId: string, leaseMs: number): Promise<Turn<T>> {
    this.onBegin(leaseMs);
    const held = this.#held.get(nameOf(request));
    const isLeased = leaseMs > 0;
    if (held === undefined) {
      this.#held.set(nameOf(request), { hash: request.hash, bookingId, isLeased, answer: null });
      return { state: 'first', bookingId };
    }
    if (held.hash !== request.hash) return { state: 'other_request' };
    if (held.answer !== null) return { state: 'answered', answer: JSON.parse(held.answer) };
    if (held.isLeased) return { state: 'running' };
    this.#held.set(nameOf(request), { ...held, isLeased });
    return { state: 'again', bookingId: held.bookingId };
  }

  async settle(request: KeyedRequest, answer: Answer<unknown>): Promise<void> {
    const held = this.#held.get(nameOf(request));
    if (held?.answer === null) this.#held.set(nameOf(request), { ...held, answer: JSON.stringify(answer) });
  }

  async release(request: KeyedRequest): Promise<void> {
    this.#held.delete(nameOf(request));
  }

  async forget(): Promise<number> {
    return 0;
  }
}

function nameOf({ workspaceId, key }: KeyedRequest): string {
  return `${workspaceId} ${key}`;
}

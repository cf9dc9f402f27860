/** A request as its key knows it. */
export interface KeyedRequest {
  readonly workspaceId: string;
  readonly key: string;
  /** Of everything that makes it this request and no other. */
  readonly hash: string;
}

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** The request is to be run; for `again`, after a look at what an earlier run may have left under `bookingId`. */
export interface OwnTurn {
  readonly state: 'first' | 'again';
  readonly bookingId: string;
}

export type Turn<T> =
  | OwnTurn
  | { readonly state: 'answered'; readonly answer: Answer<T> }
  | { readonly state: 'running' }
  | { readonly state: 'other_request' };

/** Idempotency keys per workspace, for 24 hours by the database's clock. */
export abstract class IdempotencyKeys {
  /**
   * Takes the key for `leaseMs`: whoever dies meanwhile blocks nobody for longer. `bookingId` is noted
   * under a new key; a key that was taken before keeps the one it has. `T` is what this very request
   * answered when it was settled.
   */
  abstract begin<T>(request: KeyedRequest, bookingId: string, leaseMs: number): Promise<Turn<T>>;
  /** Every repeat gets this answer from now on. */
  abstract settle(request: KeyedRequest, answer: Answer<unknown>): Promise<void>;
  /**
   * The request was refused. The key is free for another attempt; if a booking was made under it
   * nevertheless, the next attempt will find it.
   */
  abstract release(request: KeyedRequest): Promise<void>;
  /** Removes those that are older than 24 hours; how many. */
  abstract forget(): Promise<number>;
}

import type { Secret } from '../shared/secret.js';
import type { Instant } from '../shared/time.js';

/** What was asked when a person was sent to consent; comes back with the state that stands for it. */
export interface PendingAuthorization {
  readonly workspaceId: string;
  /** The connection to re-authorize; null when any account may be connected. */
  readonly connectionId: string | null;
  readonly codeVerifier: Secret;
  readonly returnUrl: string | null;
}

/** States under way. Each can be redeemed once, within its time on the database's clock. */
export abstract class AuthorizationStates {
  /** When the state ends. */
  abstract save(state: string, pending: PendingAuthorization, validMs: number): Promise<Instant>;
  /** Null when unknown, used already, too old, or undecryptable: the caller must not be told which. */
  abstract redeem(state: string): Promise<PendingAuthorization | null>;
  abstract removeExpired(): Promise<number>;
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { Deadline, within } from '../shared/deadline.js';
import { attemptsOf, factsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { CLIENT_PROBE_MS, isClientRefusal } from './client-refusal.js';
import { Connections } from './connections.js';
import { MISSING_TOKENS, REFRESH_FAILED, standingFailure } from './connection.js';
import { RefreshGrant } from './refresh-grant.js';
import { isUsable, type TokenGrant } from './token-grant.js';
import { TokenStore, type TokenState } from './token-store.js';

/** One refresh, with its repeats: longer than any request waits, so that its result still serves the next one. */
const REFRESH_MS = 12_000;
/** Longer than a refresh can last; a leader that was killed is replaced after it. */
const LEASE_MS = 15_000;
const POLL_MS = 50;
/** F08, F10: after a failure nobody asks again for this long. */
const PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 24 * 60 * 60_000;

export interface RefreshOptions {
  /** Earlier failures and their pauses do not matter: a person asked for it, or wants to know whether they are over. */
  readonly force?: boolean;
  /** Even by force, what only the operator can mend stops nothing while the token at hand works. */
  readonly sparing?: boolean;
  /** The provider refuses the token that is there, although its time is not over. */
  readonly rejected?: boolean;
  /** Awaited before each call to the provider: whoever refreshes many keeps to a pace. */
  readonly turn?: () => Promise<void>;
}

/**
 * Refreshes a connection's tokens exactly once per expiry. In this process, callers share one promise;
 * across instances, a short lease on the row decides, and the others wait for the new version. The lease is
 * a row update, so no transaction or pooled connection is held while the provider is asked (R4).
 */
@Injectable()
export class TokenRefresh {
  readonly #underway = new Map<string, Promise<TokenState>>();

  constructor(
    private readonly connections: Connections,
    private readonly store: TokenStore,
    private readonly grants: RefreshGrant,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws ProviderError the refresh failed, or did not end inside `deadline` */
  async execute(
    connectionId: string,
    seen: TokenState,
    deadline: Deadline,
    options: RefreshOptions = {},
  ): Promise<TokenState> {
    const pausedMs = (seen.refreshNotBefore ?? 0) - this.clock.now();
    if (options.force !== true && pausedMs > 0)
      throw new ProviderError({ ...REFRESH_FAILED, retryAfterMs: pausedMs });
    let shared = this.#underway.get(connectionId);
    if (shared === undefined) {
      shared = this.#refresh(connectionId, seen, options).finally(() => this.#underway.delete(connectionId));
      this.#underway.set(connectionId, shared);
    }
    return within(deadline, shared, () => new ProviderError(REFRESH_TIMED_OUT));
  }

  async #refresh(connectionId: string, seen: TokenState, options: RefreshOptions): Promise<TokenState> {
    const limit = Deadline.in(REFRESH_MS, this.clock);
    for (;;) {
      const leaseId = await this.connections.leaseRefresh(connectionId, seen, LEASE_MS);
      if (leaseId !== null) return this.#lead({ connectionId, leaseId, limit, ...options });
      const now = await this.store.read(connectionId);
      if (this.#othersOutcome(seen, now)) return usable(now);
      if (limit.remainingMs() < POLL_MS) throw new ProviderError(REFRESH_TIMED_OUT);
      await limit.pause(POLL_MS);
    }
  }

  /** With the lease in hand. The row is read again under it: its refresh token may be newer than what was seen. */
  async #lead(lease: Lease): Promise<TokenState> {
    const { connectionId, limit, force = false, turn } = lease;
    const state = await this.store.read(connectionId);
    const { refreshToken } = state;
    try {
      if (refreshToken === null) throw new ProviderError(MISSING_TOKENS);
      const grant = await this.grants.execute({ connectionId, refreshToken, limit, force, turn });
      return await this.#stored(lease, grant);
    } catch (error) {
      if (error instanceof ProviderError) return this.#failed(lease, state, error);
      throw error;
    }
  }

  async #stored({ connectionId, leaseId, limit }: Lease, grant: TokenGrant): Promise<TokenState> {
    const kept = await this.store.refreshed(connectionId, leaseId, grant, limit);
    if (kept) this.log.info('token.refreshed', 'A token was refreshed.', { connection_id: connectionId });
    return usable(await this.store.read(connectionId));
  }

  async #failed(lease: Lease, asked: TokenState, error: ProviderError): Promise<TokenState> {
    const { connectionId, leaseId } = lease;
    const { failure } = error;
    const now = await this.store.read(connectionId);
    if (now.version !== asked.version) {
      // F04: the token we sent had been replaced meanwhile; the newer one is the truth.
      this.log.info('token.superseded', 'A refresh failed, but a newer token is stored.', {
        connection_id: connectionId,
      });
      return usable(now);
    }
    if (failure.needsReauth && !this.#canWait(lease, now, failure)) return this.#refused(lease, now, error);
    const pauseMs = pauseAfter(failure);
    await this.store.postponed(connectionId, leaseId, failure, pauseMs);
    this.log.warn('token.refresh_failed', 'A token could not be refreshed; it will be tried again.', {
      connection_id: connectionId,
      ...factsOf(failure),
    });
    const cause = { reason: failure.code, httpStatus: failure.httpStatus, attempts: attemptsOf(failure) };
    throw new ProviderError({ ...REFRESH_FAILED, ...cause, retryAfterMs: pauseMs }, { cause: error });
  }

  /** F55: who lost the lease meanwhile waits for its next holder, by whom the refused token may have been used up. */
  async #refused(lease: Lease, asked: TokenState, error: ProviderError): Promise<TokenState> {
    const { connectionId, leaseId } = lease;
    await this.store.needsReauth(connectionId, asked.version, error.failure, leaseId);
    const { authStatus } = await this.store.read(connectionId);
    if (authStatus !== 'active') throw error;
    return this.#refresh(connectionId, asked, lease);
  }

  /** What the operator has to mend stops nothing as long as the token at hand still works. */
  #canWait({ force, sparing, rejected }: Lease, state: TokenState, failure: Failure): boolean {
    const stops = rejected === true || (force === true && sparing !== true);
    return !stops && isClientRefusal(failure) && isUsable(state, this.clock.now());
  }

  /** Whether another instance ended a refresh since `seen`: in success, for good, or with a pause. */
  #othersOutcome(seen: TokenState, now: TokenState): boolean {
    if (now.version !== seen.version || now.authStatus !== seen.authStatus) return true;
    if (now.refreshNotBefore === seen.refreshNotBefore || now.refreshNotBefore === null) return false;
    const pausedMs = Math.max(0, now.refreshNotBefore - this.clock.now());
    throw new ProviderError({ ...REFRESH_FAILED, retryAfterMs: pausedMs });
  }
}

interface Lease extends RefreshOptions {
  readonly connectionId: string;
  readonly leaseId: string;
  readonly limit: Deadline;
}

/** The refresh itself goes on: its call counts although it has not ended. */
const REFRESH_TIMED_OUT: Failure = {
  ...REFRESH_FAILED,
  reason: 'timeout',
  message: 'The token could not be refreshed in time.',
  timedOut: true,
  attempts: 1,
};

function pauseAfter(failure: Failure): number {
  if (isClientRefusal(failure)) return CLIENT_PROBE_MS;
  return Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, failure.retryAfterMs ?? 0));
}

function usable(state: TokenState): TokenState {
  const standing = standingFailure(state);
  if (standing !== null) throw new ProviderError(standing);
  return state;
}

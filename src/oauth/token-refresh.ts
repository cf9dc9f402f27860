import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { Deadline, within } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { retrying } from '../shared/retry.js';
import { Connections } from './connections.js';
import { MISSING_TOKENS, REFRESH_FAILED, standingFailure } from './connection.js';
import { TokenEndpoint } from './token-endpoint.js';
import type { TokenGrant } from './token-grant.js';
import { TokenStore, type TokenState } from './token-store.js';

const ATTEMPT_MS = 5000;
/** One refresh, with its repeats: longer than any request waits, so that its result still serves the next one. */
const REFRESH_MS = 12_000;
/** F10: what a request may wait for a repeat; a longer `Retry-After` ends the refresh at once. */
const RETRY_MS = 5000;
/** Longer than a refresh can last; a leader that was killed is replaced after it. */
const LEASE_MS = 15_000;
const POLL_MS = 50;
/** F08, F10: after a failure nobody asks again for this long. */
const PAUSE_MS = 30_000;
const MAX_PAUSE_MS = 24 * 60 * 60_000;

interface RefreshOptions {
  /** A person asked for it: an earlier failure's pause does not matter. */
  readonly force?: boolean;
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
    private readonly endpoint: TokenEndpoint,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws ProviderError the refresh failed, or did not end inside `deadline` */
  async execute(
    connectionId: string,
    seen: TokenState,
    deadline: Deadline,
    { force = false }: RefreshOptions = {},
  ): Promise<TokenState> {
    const pausedMs = (seen.refreshNotBefore ?? 0) - this.clock.now();
    if (!force && pausedMs > 0) throw new ProviderError({ ...REFRESH_FAILED, retryAfterMs: pausedMs });
    let shared = this.#underway.get(connectionId);
    if (shared === undefined) {
      shared = this.#refresh(connectionId, seen).finally(() => this.#underway.delete(connectionId));
      this.#underway.set(connectionId, shared);
    }
    return within(deadline, shared, () => new ProviderError(REFRESH_TIMED_OUT));
  }

  async #refresh(connectionId: string, seen: TokenState): Promise<TokenState> {
    const limit = Deadline.in(REFRESH_MS, this.clock);
    for (;;) {
      const leaseId = await this.connections.leaseRefresh(connectionId, seen, LEASE_MS);
      if (leaseId !== null) return this.#lead(connectionId, leaseId, limit);
      const now = await this.store.read(connectionId);
      if (this.#othersOutcome(seen, now)) return usable(now);
      if (limit.remainingMs() < POLL_MS) throw new ProviderError(REFRESH_TIMED_OUT);
      await limit.pause(POLL_MS);
    }
  }

  /** With the lease in hand. The row is read again under it: its refresh token may be newer than what was seen. */
  async #lead(connectionId: string, leaseId: string, limit: Deadline): Promise<TokenState> {
    const { refreshToken, version } = await this.store.read(connectionId);
    try {
      if (refreshToken === null) throw new ProviderError(MISSING_TOKENS);
      const grant = await retrying(limit.atMost(RETRY_MS), () =>
        this.endpoint.refresh(refreshToken, limit.signal(ATTEMPT_MS)),
      );
      return await this.#stored(connectionId, leaseId, grant);
    } catch (error) {
      if (error instanceof ProviderError) return this.#failed(connectionId, version, leaseId, error);
      throw error;
    }
  }

  async #stored(connectionId: string, leaseId: string, grant: TokenGrant): Promise<TokenState> {
    const kept = await this.connections.storeRefreshed(connectionId, leaseId, grant);
    if (kept) this.log.info('token.refreshed', 'A token was refreshed.', { connection_id: connectionId });
    return usable(await this.store.read(connectionId));
  }

  async #failed(
    connectionId: string,
    version: number,
    leaseId: string,
    error: ProviderError,
  ): Promise<TokenState> {
    const { failure } = error;
    const now = await this.store.read(connectionId);
    if (now.version !== version) {
      // F04: the token we sent had been replaced meanwhile; the newer one is the truth.
      this.log.info('token.superseded', 'A refresh failed, but a newer token is stored.', {
        connection_id: connectionId,
      });
      return usable(now);
    }
    if (failure.needsReauth) {
      await this.store.needsReauth(connectionId, version, failure);
      throw error;
    }
    const pauseMs = pauseAfter(failure);
    await this.connections.postponeRefresh(connectionId, leaseId, failure, pauseMs);
    const { code: reason, httpStatus } = failure;
    throw new ProviderError({ ...REFRESH_FAILED, reason, httpStatus, retryAfterMs: pauseMs });
  }

  /** Whether another instance ended a refresh since `seen`: in success, for good, or with a pause. */
  #othersOutcome(seen: TokenState, now: TokenState): boolean {
    if (now.version !== seen.version || now.authStatus !== seen.authStatus) return true;
    if (now.refreshNotBefore === seen.refreshNotBefore || now.refreshNotBefore === null) return false;
    const pausedMs = Math.max(0, now.refreshNotBefore - this.clock.now());
    throw new ProviderError({ ...REFRESH_FAILED, retryAfterMs: pausedMs });
  }
}

const REFRESH_TIMED_OUT: Failure = {
  ...REFRESH_FAILED,
  reason: 'timeout',
  message: 'The token could not be refreshed in time.',
  timedOut: true,
};

function pauseAfter({ retryAfterMs }: Failure): number {
  return Math.min(MAX_PAUSE_MS, Math.max(PAUSE_MS, retryAfterMs ?? 0));
}

function usable(state: TokenState): TokenState {
  const standing = standingFailure(state);
  if (standing !== null) throw new ProviderError(standing);
  return state;
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import type { Secret } from '../shared/secret.js';
import { TokenStore, type TokenState } from './token-store.js';
import { MISSING_TOKENS, requestedPause, standingFailure } from './connection.js';
import { isExpiring, isUsable } from './token-grant.js';
import { TokenRefresh } from './token-refresh.js';

/** How long a request waits for a refresh that could as well happen after it. */
const EARLY_REFRESH_MS = 1000;

/** A token to call the provider with, and the version it came from. */
export interface AccessToken {
  readonly secret: Secret;
  readonly version: number;
  /** The provider's limits count by account, however many workspaces use it. */
  readonly account: string;
}

/**
 * Access tokens that are good to use. Refreshing happens here and nowhere else: shortly before expiry, or
 * after the provider rejected a token; once per expiry however many ask.
 */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly store: TokenStore,
    private readonly refresh: TokenRefresh,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * `read` spares a statement where the state was read just before.
   *
   * @throws ProviderError with `needsReauth` when a person or the operator must act: then the provider is
   *   not asked at all; any other failure when no token could be had in time
   */
  async current(
    connectionId: string,
    deadline: Deadline,
    read = (): Promise<TokenState> => this.store.read(connectionId),
  ): Promise<AccessToken> {
    const state = this.#usable(await read());
    if (!isExpiring(state, this.clock.now(), this.config.tokenRefreshMarginMs)) return tokenOf(state);
    if (!isUsable(state, this.clock.now()))
      return tokenOf(await this.refresh.execute(connectionId, state, deadline));
    try {
      return tokenOf(await this.refresh.execute(connectionId, state, deadline.atMost(EARLY_REFRESH_MS)));
    } catch (error) {
      // The margin exists for this: a slow or failed early refresh costs little while the old token works (F08).
      if (error instanceof ProviderError && !error.failure.needsReauth) return tokenOf(state);
      throw error;
    }
  }

  /**
   * A token after the provider rejected that of `rejectedVersion`: another's newer one, or one refresh.
   *
   * @throws ProviderError as {@link current}
   */
  async afterRejection(
    connectionId: string,
    rejectedVersion: number,
    deadline: Deadline,
  ): Promise<AccessToken> {
    const state = this.#usable(await this.store.read(connectionId));
    if (state.version !== rejectedVersion) return tokenOf(state);
    return tokenOf(await this.refresh.execute(connectionId, state, deadline, { rejected: true }));
  }

  #usable(state: TokenState): TokenState {
    const standing = standingFailure(state) ?? requestedPause(state, this.clock.now());
    if (standing !== null) throw new ProviderError(standing);
    return state;
  }
}

function tokenOf({ accessToken, version, account }: TokenState): AccessToken {
  if (accessToken === null) throw new ProviderError(MISSING_TOKENS);
  return { secret: accessToken, version, account };
}

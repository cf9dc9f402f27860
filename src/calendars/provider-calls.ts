import { Injectable } from '@nestjs/common';
import { AccessTokens, type AccessToken } from '../oauth/access-tokens.js';
import { TokenStore, type TokenState } from '../oauth/token-store.js';
import type { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { afterFailed, retrying } from '../shared/retry.js';
import type { ProviderAccess } from './calendar-provider.js';
import { CallQuota, type CallPriority } from './call-quota.js';

export interface CallLimits {
  readonly deadline: Deadline;
  readonly priority: CallPriority;
  /** One attempt, connection and body included. */
  readonly attemptMs: number;
  /** Where the connection's tokens were read just before; else they are read from the store. */
  readonly readTokens?: (() => Promise<TokenState>) | undefined;
}

export type Call<T> = (access: ProviderAccess) => Promise<T>;

/**
 * Calls a provider on behalf of a connection: with a good token, inside the limits, repeated on passing
 * failures. What only a person or the operator can mend is recorded on the connection, once.
 */
@Injectable()
export class ProviderCalls {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly store: TokenStore,
    private readonly quota: CallQuota,
  ) {}

  /** Only for calls that may be repeated. @throws ProviderError */
  async repeatable<T>(connectionId: string, limits: CallLimits, call: Call<T>): Promise<T> {
    return retrying(limits.deadline, () => this.once(connectionId, limits, call));
  }

  /** @throws ProviderError */
  async once<T>(connectionId: string, limits: CallLimits, call: Call<T>): Promise<T> {
    const token = await this.tokens.current(connectionId, limits.deadline, limits.readTokens);
    const first = await this.#attempt(connectionId, token, limits, call);
    if ('result' in first) return first.result;
    // The token was rejected before it expired: one forced refresh, one repeat (F17).
    const fresh = await afterFailed(1, () =>
      this.tokens.afterRejection(connectionId, token.version, limits.deadline),
    );
    const second = await afterFailed(1, () => this.#attempt(connectionId, fresh, limits, call));
    if ('result' in second) return second.result;
    return this.#stopped(connectionId, fresh, { ...second.rejected, ...FRESH_TOKEN_REJECTED });
  }

  async #attempt<T>(
    connectionId: string,
    token: AccessToken,
    { deadline, attemptMs, priority }: CallLimits,
    call: Call<T>,
  ): Promise<{ result: T } | { rejected: Failure }> {
    const { secret, account } = token;
    await this.quota.acquire(account, priority, deadline);
    try {
      return { result: await call({ accessToken: secret, signal: deadline.signal(attemptMs) }) };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const { failure } = error;
      if (failure.category === 'expired_tokens' && !failure.needsReauth) return { rejected: failure };
      if (failure.needsReauth) return this.#stopped(connectionId, token, failure);
      throw error;
    }
  }

  async #stopped(connectionId: string, { version }: AccessToken, failure: Failure): Promise<never> {
    await this.store.needsReauth(connectionId, version, failure);
    throw new ProviderError(failure);
  }
}

/** F18: a token that was issued a moment ago and is rejected all the same. */
const FRESH_TOKEN_REJECTED = {
  code: 'invalid_token',
  needsReauth: true,
  retryable: false,
  message: 'The provider rejects even a fresh token; the owner must re-authorize.',
  attempts: 2,
} as const;

import { Injectable } from '@nestjs/common';
import { Undecryptable } from '../shared/cipher.js';
import { databaseOutage } from '../shared/database-errors.js';
import type { Deadline } from '../shared/deadline.js';
import { factsOf, ProviderError, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { Metrics } from '../shared/metrics.js';
import { MISSING_TOKENS, TOKEN_UNDECRYPTABLE, type Connection } from './connection.js';
import { Connections, type HeldConnection } from './connections.js';
import { OperatorAlerts } from './operator-alerts.js';
import type { StoredTokens, TokenGrant } from './token-grant.js';

const REPEAT_MS = 200;

export type TokenState = StoredTokens & Pick<Connection, 'authStatus' | 'lastError'>;

/** Reads a connection's tokens and records what becomes of them, once, however many see it. */
@Injectable()
export class TokenStore {
  constructor(
    private readonly connections: Connections,
    private readonly alerts: OperatorAlerts,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** @throws ProviderError when there is no connection, or its tokens cannot be opened (F69) */
  async read(connectionId: string): Promise<TokenState> {
    const state = await this.#opened(connectionId, () => this.connections.tokens(connectionId));
    if (state === null) throw new ProviderError(MISSING_TOKENS);
    return state;
  }

  /** As {@link read}, of one among many that were read together. @throws ProviderError */
  async open({ connection, openTokens }: HeldConnection): Promise<TokenState> {
    return this.#opened(connection.id, openTokens);
  }

  /**
   * The end of a refresh that brought a new grant. False when its lease was lost. Where the provider rotates refresh tokens,
   * the grant is the only one that works, so it is not lost over an outage of the database that ends before `limit`.
   */
  async refreshed(
    connectionId: string,
    leaseId: string,
    grant: TokenGrant,
    limit: Deadline,
  ): Promise<boolean> {
    const kept = await this.#stored(connectionId, leaseId, grant, limit);
    if (kept) this.metrics.tokenRefresh('refreshed');
    return kept;
  }

  /** The end of a refresh that failed for the moment; nobody tries again before `pauseMs` are over. */
  async postponed(connectionId: string, leaseId: string, failure: Failure, pauseMs: number): Promise<void> {
    await this.connections.postponeRefresh(connectionId, leaseId, failure, pauseMs);
    this.metrics.tokenRefresh('failed');
  }

  /** Marks the connection as needing `failure.actor`. Only the caller that makes the transition logs it (R7). */
  async needsReauth(
    connectionId: string,
    version: number,
    failure: Failure,
    leaseId?: string,
  ): Promise<void> {
    if (leaseId !== undefined) this.metrics.tokenRefresh('needs_reauth');
    if (!(await this.connections.markNeedsReauth(connectionId, version, failure, leaseId))) return;
    this.log.warn('connection.needs_reauth', 'A connection stopped working until somebody acts.', {
      connection_id: connectionId,
      actor: failure.actor,
      ...factsOf(failure),
    });
  }

  /** F50: what failed may have been committed. Then its repeat changes nothing, and what is stored is our own. */
  async #stored(connectionId: string, leaseId: string, grant: TokenGrant, limit: Deadline): Promise<boolean> {
    for (let inDoubt = false; ; inDoubt = true) {
      try {
        if (await this.connections.storeRefreshed(connectionId, leaseId, grant)) return true;
        return inDoubt && isOf(grant, await this.read(connectionId));
      } catch (error) {
        if (!databaseOutage(error) || limit.remainingMs() < REPEAT_MS) throw error;
        await limit.pause(REPEAT_MS);
      }
    }
  }

  async #opened<T>(connectionId: string, opened: () => T): Promise<Awaited<T>> {
    try {
      return await opened();
    } catch (error) {
      if (!(error instanceof Undecryptable)) throw error;
      await this.connections.noteFailure(connectionId, TOKEN_UNDECRYPTABLE);
      this.log.debug('token.undecryptable', 'A stored token cannot be decrypted with the configured keys.', {
        connection_id: connectionId,
        key_id: error.keyId,
      });
      await this.alerts.raise(TOKEN_UNDECRYPTABLE, connectionId);
      throw new ProviderError(TOKEN_UNDECRYPTABLE, { cause: error });
    }
  }
}

function isOf(grant: TokenGrant, { accessToken }: TokenState): boolean {
  return accessToken?.reveal() === grant.accessToken.reveal();
}

import { Injectable } from '@nestjs/common';
import type { PendingAuthorization } from '../oauth/authorization-states.js';
import type { Connection } from '../oauth/connection.js';
import { Connections, type Account } from '../oauth/connections.js';
import { AccountMismatch } from '../oauth/oauth.errors.js';
import { TokenEndpoint } from '../oauth/token-endpoint.js';
import { RedeemAuthorization, type Callback } from '../oauth/redeem-authorization.js';
import { Undecryptable } from '../shared/cipher.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { withPresentHealth, type Calendar } from './calendar.js';
import { ConsentRefused, ConsentUseless } from './calendar.errors.js';
import { AccountOfGrant } from './account-of-grant.js';
import { LearnCalendars } from './learn-calendars.js';

export interface ConnectedAccount {
  readonly connection: Connection;
  /** Empty when the list could not be read just now; the next refresh brings it. */
  readonly calendars: readonly Calendar[];
}

/**
 * Ends the consent: trades the code, finds out whose account it is, and creates the connection or
 * re-authorizes the existing one in place, so that its calendars and configurations keep their ids.
 */
@Injectable()
export class ConnectAccount {
  constructor(
    private readonly redeem: RedeemAuthorization,
    private readonly endpoint: TokenEndpoint,
    private readonly connections: Connections,
    private readonly account: AccountOfGrant,
    private readonly learn: LearnCalendars,
  ) {}

  /**
   * @throws ConsentRefused the person declined, or the provider reported an error
   * @throws ConsentUseless scopes were unticked, no refresh token came, or the account is unknown
   * @throws AccountMismatch another account consented than the one to re-authorize
   * @throws ProviderError the code could not be traded
   */
  async execute(callback: Callback, pending: PendingAuthorization): Promise<ConnectedAccount> {
    if (callback.error !== undefined || !callback.code) throw new ConsentRefused(callback.error);
    const grant = await this.redeem.grant(callback.code, pending);
    const scopes = grant.scopes ?? this.endpoint.requestedScopes;
    const missing = this.endpoint.missingScopes(scopes);
    const claimed = { workspaceId: pending.workspaceId, ...(await this.account.of(grant, missing)) };
    const known = await this.#known(claimed, pending);
    // An account keeps its connection when its address changes.
    const account = { ...claimed, email: known?.accountEmail ?? claimed.email };
    if (missing.length > 0) return this.#refused(account, scopes, missing);
    if (grant.refreshToken === null && !(await this.#hasRefreshToken(known)))
      throw ConsentUseless.noRefreshToken();
    const connection = await this.connections.connect(account, grant, scopes);
    const calendars = await this.#calendars(connection);
    // Reading them may have shown that the grant is good for nothing.
    const present = (await this.connections.find(connection.id, 'all')) ?? connection;
    return { connection: present, calendars: withPresentHealth(calendars, [present]) };
  }

  async #known(claimed: Account, { connectionId }: PendingAuthorization): Promise<Connection | null> {
    const known =
      connectionId === null
        ? await this.connections.findByAccount(claimed)
        : await this.connections.find(connectionId, claimed);
    if (known !== null && !isSameAccount(known, claimed)) throw new AccountMismatch(known.id);
    return known;
  }

  async #refused(account: Account, scopes: readonly string[], missing: readonly string[]): Promise<never> {
    await this.connections.refuse(account, scopes, insufficientScope(missing));
    throw ConsentUseless.missingScopes(missing);
  }

  async #hasRefreshToken(known: Connection | null): Promise<boolean> {
    if (known === null) return false;
    const tokens = await this.connections.tokens(known.id).catch(noneIfUndecryptable);
    return tokens !== null && tokens.refreshToken !== null;
  }

  async #calendars(connection: Connection): Promise<readonly Calendar[]> {
    try {
      return await this.learn.execute(connection, this.account.deadline());
    } catch (error) {
      if (error instanceof ProviderError) return [];
      throw error;
    }
  }
}

/** By the provider's own id where both sides know it; an address may be given to somebody else after a disconnect. */
function isSameAccount(
  { accountEmail, accountSub, authStatus }: Connection,
  { email, sub }: Account,
): boolean {
  if (accountSub === null || sub === null || accountSub === sub)
    return (sub !== null && accountSub === sub) || accountEmail === email;
  return authStatus === 'disconnected' && accountEmail === email;
}

function noneIfUndecryptable(error: unknown): null {
  if (error instanceof Undecryptable) return null;
  throw error;
}

function insufficientScope(missing: readonly string[]): Failure {
  return {
    category: 'permission_error',
    code: 'insufficient_scope',
    reason: missing.join(' '),
    actor: 'user',
    httpStatus: 200,
    message: `These permissions were not granted: ${missing.join(', ')}.`,
    needsReauth: true,
    retryable: false,
    retryAfterMs: null,
    timedOut: false,
  };
}

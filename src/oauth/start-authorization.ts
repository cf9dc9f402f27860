import { Injectable } from '@nestjs/common';
import { ValidationFailed } from '../shared/app-error.js';
import { Config } from '../shared/config.js';
import { randomToken, sha256 } from '../shared/hashing.js';
import { Secret } from '../shared/secret.js';
import type { Instant } from '../shared/time.js';
import { workspaceOf, type WorkspaceScope } from '../workspaces/workspace.js';
import { AuthorizationStates } from './authorization-states.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { TokenEndpoint } from './token-endpoint.js';

const VALID_MS = 10 * 60_000;

export interface AuthorizationWish {
  readonly returnUrl?: string | undefined;
  readonly loginHint?: string | undefined;
  /** The connection to re-authorize. */
  readonly connectionId?: string | undefined;
}

export interface StartedAuthorization {
  readonly workspaceId: string;
  readonly authorizationUrl: string;
  readonly state: string;
  readonly expiresAt: Instant;
}

/** Begins the authorization-code flow with PKCE (RFC 7636) and a single-use state bound to the workspace. */
@Injectable()
export class StartAuthorization {
  constructor(
    private readonly connections: Connections,
    private readonly states: AuthorizationStates,
    private readonly endpoint: TokenEndpoint,
    private readonly config: Config,
  ) {}

  /** @throws ValidationFailed the return URL is not allowed, or the connection is not the workspace's */
  async execute(scope: WorkspaceScope, wish: AuthorizationWish): Promise<StartedAuthorization> {
    const connection = await this.#connection(scope, wish.connectionId);
    const returnUrl = this.#allowed(wish.returnUrl);
    const state = randomToken();
    const codeVerifier = randomToken();
    const pending = {
      workspaceId: connection?.workspaceId ?? workspaceOf(scope),
      connectionId: connection?.id ?? null,
      codeVerifier: new Secret(codeVerifier),
      returnUrl,
    };
    const expiresAt = await this.states.save(state, pending, VALID_MS);
    const codeChallenge = sha256(codeVerifier).toString('base64url');
    const loginHint = wish.loginHint ?? connection?.accountEmail;
    return {
      workspaceId: pending.workspaceId,
      authorizationUrl: this.endpoint.authorizationUrl({ state, codeChallenge, loginHint }),
      state,
      expiresAt,
    };
  }

  async #connection(scope: WorkspaceScope, id: string | undefined): Promise<Connection | null> {
    if (id === undefined) return null;
    const connection = await this.connections.find(id, scope);
    if (connection === null) throw ValidationFailed.of('connection_id', 'no such connection');
    return connection;
  }

  /** Compared as a whole, never by prefix or host: anything looser is an open redirect (RFC 9700 section 4.11). */
  #allowed(returnUrl: string | undefined): string | null {
    if (returnUrl === undefined) return null;
    if (this.config.allowedReturnUrls.includes(returnUrl)) return returnUrl;
    throw ValidationFailed.of('return_url', 'expected one of the addresses in ALLOWED_RETURN_URLS');
  }
}

import { Injectable } from '@nestjs/common';
import { ProviderError } from '../shared/failure.js';
import { CLIENT_PROBE_MS } from './client-refusal.js';
import { Connections } from './connections.js';
import { ForcedTokenRefresh } from './forced-token-refresh.js';
import { OAuthClients } from './oauth-clients.js';
import { TokenEndpoint } from './token-endpoint.js';

/**
 * Finds out whether the provider accepts our OAuth client again: one refresh in five minutes, among all
 * instances, for however many connections it stopped. A changed secret is tried at once.
 */
@Injectable()
export class RecoverOAuthClient {
  constructor(
    private readonly connections: Connections,
    private readonly clients: OAuthClients,
    private readonly endpoint: TokenEndpoint,
    private readonly token: ForcedTokenRefresh,
  ) {}

  async execute(): Promise<void> {
    const connectionId = await this.connections.heldUp();
    if (connectionId === null) {
      // Nobody is left to try it with: the next refresh will tell.
      await this.clients.mended();
      return;
    }
    if (!(await this.clients.takeProbe(this.endpoint.client, CLIENT_PROBE_MS))) return;
    try {
      await this.token.execute(connectionId);
    } catch (error) {
      // What it means has been recorded by the refresh itself.
      if (!(error instanceof ProviderError)) throw error;
    }
  }
}

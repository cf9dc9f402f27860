import { Injectable } from '@nestjs/common';
import { CLIENT_PROBE_MS, speaksForAll } from './client-refusal.js';
import { Connections } from './connections.js';
import { OAuthClients } from './oauth-clients.js';
import { RecoverRefused } from './recover-refused.js';
import { RecoverUnauthorized } from './recover-unauthorized.js';
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
    private readonly refused: RecoverRefused,
    private readonly unauthorized: RecoverUnauthorized,
  ) {}

  async execute(): Promise<void> {
    const heldUp = await this.connections.heldUp();
    // Nobody is left to try it with: the next refresh will tell.
    if (heldUp.length === 0) return this.clients.forget();
    if (!(await this.clients.takeProbe(this.endpoint.client, CLIENT_PROBE_MS))) return;
    const byClient = heldUp.filter(speaksForAll).map(({ id }) => id);
    const answer = await this.refused.execute(byClient);
    const byToken = heldUp.filter((one) => !speaksForAll(one)).map(({ id }) => id);
    if (answer !== 'refused') await this.unauthorized.execute(byToken);
  }
}

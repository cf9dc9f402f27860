import { Injectable } from '@nestjs/common';
import { Log } from '../shared/log.js';
import { Connections } from './connections.js';
import { OAuthClients } from './oauth-clients.js';
import { OperatorAlerts } from './operator-alerts.js';

/** The provider has just accepted our OAuth client: all that a refusal of it had stopped go on (F05). */
@Injectable()
export class AcceptOAuthClient {
  constructor(
    private readonly clients: OAuthClients,
    private readonly connections: Connections,
    private readonly alerts: OperatorAlerts,
    private readonly log: Log,
  ) {}

  async execute(): Promise<void> {
    const codes = await this.clients.mended();
    const resumed = await this.connections.resumeHeldUp();
    if (codes.length + resumed === 0) return;
    await this.alerts.end(codes);
    this.log.info('oauth_client.mended', 'The provider accepts our OAuth client again.', {
      connections: resumed,
    });
  }
}

import { Injectable } from '@nestjs/common';
import type { Failure } from '../shared/failure.js';
import { MISSING_TOKENS, standingFailure } from './connection.js';
import { Connections } from './connections.js';
import { ReauthRequired } from './oauth.errors.js';
import { ReauthLinks } from './reauth-links.js';

/** Tells whether a connection can be used at all, before anything is asked of its provider. */
@Injectable()
export class ConnectedAccounts {
  constructor(
    private readonly connections: Connections,
    private readonly links: ReauthLinks,
  ) {}

  /** @throws ReauthRequired with the link that mends it */
  async requireConnected(connectionId: string): Promise<void> {
    const connection = await this.connections.find(connectionId, 'all');
    const failure = connection === null ? MISSING_TOKENS : standingFailure(connection);
    if (failure !== null) throw this.reauthRequired(connectionId, failure);
  }

  reauthRequired(connectionId: string, failure: Failure, details = {}): ReauthRequired {
    return new ReauthRequired({ id: connectionId }, failure, this.links.for(connectionId), details);
  }
}

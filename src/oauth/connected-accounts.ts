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

  /** Why nothing may be asked for the connection, and whose account it is; null when it can be used. */
  async standingFailure(connectionId: string): Promise<{ failure: Failure; accountEmail: string } | null> {
    const connection = await this.connections.find(connectionId, 'all');
    if (connection === null) return { failure: MISSING_TOKENS, accountEmail: '' };
    const failure = standingFailure(connection);
    return failure && { failure, accountEmail: connection.accountEmail };
  }

  /** With the link that mends it. */
  reauthRequired(connectionId: string, failure: Failure, details = {}): ReauthRequired {
    return new ReauthRequired({ id: connectionId }, failure, this.links.for(connectionId), details);
  }
}

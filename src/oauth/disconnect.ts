import { Injectable } from '@nestjs/common';
import { found } from '../shared/app-error.js';
import { Undecryptable } from '../shared/cipher.js';
import { Clock } from '../shared/clock.js';
import { Deadline } from '../shared/deadline.js';
import { factsOf, ProviderError } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { Connections } from './connections.js';
import { TokenEndpoint } from './token-endpoint.js';

const REVOKE_MS = 3000;

/** Ends a connection: always here, and at the provider when that hurts nobody else and it can be reached. */
@Injectable()
export class Disconnect {
  constructor(
    private readonly connections: Connections,
    private readonly endpoint: TokenEndpoint,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws NotFound */
  async execute(id: string, scope: WorkspaceScope): Promise<void> {
    const connection = found(await this.connections.find(id, scope));
    const token = (await this.connections.sharesGrant(connection)) ? null : await this.#token(id);
    await this.connections.disconnect(id);
    if (token === null) return;
    try {
      await this.endpoint.revoke(token, Deadline.in(REVOKE_MS, this.clock).signal(REVOKE_MS));
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      this.log.warn('connection.revoke_failed', 'The provider did not confirm the end of a grant.', {
        connection_id: id,
        ...factsOf(error.failure),
      });
    }
  }

  async #token(id: string): ReturnType<Connections['revocable']> {
    try {
      return await this.connections.revocable(id);
    } catch (error) {
      if (error instanceof Undecryptable) return null;
      throw error;
    }
  }
}

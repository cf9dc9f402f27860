import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import { ForcedTokenRefresh } from '../oauth/forced-token-refresh.js';
import { ProviderUnavailable } from '../oauth/oauth.errors.js';
import { found } from '../shared/app-error.js';
import { ProviderError } from '../shared/failure.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { LearnCalendars } from './learn-calendars.js';
import { SyncCalendars } from './sync-calendars.js';

/** Refreshes the token now, whatever its age, and takes over the account's calendar list. */
@Injectable()
export class RefreshConnection {
  constructor(
    private readonly connections: Connections,
    private readonly token: ForcedTokenRefresh,
    private readonly sync: SyncCalendars,
    private readonly learn: LearnCalendars,
    private readonly accounts: ConnectedAccounts,
  ) {}

  /** @throws NotFound @throws ReauthRequired @throws ProviderUnavailable */
  async execute(id: string, scope: WorkspaceScope): Promise<Connection> {
    const connection = found(await this.connections.find(id, scope));
    try {
      const deadline = await this.token.execute(id);
      const comesBack = connection.authStatus !== 'active';
      await (comesBack ? this.learn : this.sync).execute(connection, deadline);
      return found(await this.connections.find(id, scope));
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (error.failure.needsReauth) throw this.accounts.reauthRequired(id, error.failure);
      throw new ProviderUnavailable(error.failure);
    }
  }
}

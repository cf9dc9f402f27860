import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import { ProviderUnavailable } from '../oauth/oauth.errors.js';
import { TokenRefresh } from '../oauth/token-refresh.js';
import { TokenStore } from '../oauth/token-store.js';
import { found } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError } from '../shared/failure.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { SyncCalendars } from './sync-calendars.js';

/** Refreshes the token now, whatever its age, and takes over the account's calendar list. */
@Injectable()
export class RefreshConnection {
  constructor(
    private readonly connections: Connections,
    private readonly token: ForcedTokenRefresh,
    private readonly sync: SyncCalendars,
    private readonly accounts: ConnectedAccounts,
  ) {}

  /** @throws NotFound @throws ReauthRequired @throws ProviderUnavailable */
  async execute(id: string, scope: WorkspaceScope): Promise<Connection> {
    const connection = found(await this.connections.find(id, scope));
    try {
      const deadline = await this.token.execute(id);
      await this.sync.execute(connection, deadline);
      return found(await this.connections.find(id, scope));
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (error.failure.needsReauth) throw this.accounts.reauthRequired(id, error.failure);
      throw new ProviderUnavailable(error.failure);
    }
  }
}

/** One refresh that no earlier failure holds back: a person asked for it. */
@Injectable()
export class ForcedTokenRefresh {
  constructor(
    private readonly store: TokenStore,
    private readonly refresh: TokenRefresh,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** What is left of the time. @throws ProviderError */
  async execute(id: string): Promise<Deadline> {
    const deadline = Deadline.in(this.config.bookingDeadlineMs, this.clock);
    await this.refresh.execute(id, await this.store.read(id), deadline, { force: true });
    return deadline;
  }
}

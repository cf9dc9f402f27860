import { Injectable } from '@nestjs/common';
import { Connections } from '../oauth/connections.js';
import { SweepTokens, type SweepOptions, type TokenSweep } from '../oauth/sweep-tokens.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';

/** Refreshes the tokens of a scope because a person asked for it, and counts all of its accounts. */
@Injectable()
export class RefreshTokens {
  constructor(
    private readonly connections: Connections,
    private readonly sweep: SweepTokens,
  ) {}

  /**
   * Those whose token is about to end; with `force`, all that are connected. `needsReauth` also counts accounts that
   * waited for a person before.
   *
   * @throws AlreadyRunning another run is at all workspaces
   */
  async execute(scope: WorkspaceScope, options: SweepOptions = {}): Promise<TokenSweep> {
    const before = await this.connections.all(scope);
    const { refreshed, needsReauth, failed } = await this.sweep.execute(scope, options);
    const stopped = before.filter(({ authStatus }) => authStatus === 'needs_reauth').length;
    const checked = before.filter(({ authStatus }) => authStatus !== 'disconnected').length;
    return { checked, refreshed, needsReauth: needsReauth + (options.force === true ? 0 : stopped), failed };
  }
}

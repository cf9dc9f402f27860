import { Injectable } from '@nestjs/common';
import { Connections } from '../oauth/connections.js';
import { SweepTokens, type TokenSweep } from '../oauth/sweep-tokens.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';

/** Refreshes the tokens of a scope because a person asked for it, and counts all of its accounts. */
@Injectable()
export class RefreshTokens {
  constructor(
    private readonly connections: Connections,
    private readonly sweep: SweepTokens,
  ) {}

  /**
   * `force`: every connected account, whatever its token's age and earlier failures; else those whose token is
   * about to end. `needsReauth` also counts accounts that waited for a person before.
   */
  async execute(scope: WorkspaceScope, force: boolean): Promise<TokenSweep> {
    const before = await this.connections.all(scope);
    const { refreshed, needsReauth, failed } = await this.sweep.execute(scope, { force });
    const waiting = force ? 0 : before.filter(({ authStatus }) => authStatus === 'needs_reauth').length;
    const checked = before.filter(({ authStatus }) => authStatus !== 'disconnected').length;
    return { checked, refreshed, needsReauth: needsReauth + waiting, failed };
  }
}

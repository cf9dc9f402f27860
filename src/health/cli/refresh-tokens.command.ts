import { Injectable } from '@nestjs/common';
import { statusOf } from '../../availability/calendar-health.js';
import type { Terminal } from '../../shared/terminal.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { RefreshTokens } from '../refresh-tokens.js';
import type { RefreshCommand } from './command-line.js';
import { document } from './document.js';
import { EXIT_STATUS } from './exit-status.js';

@Injectable()
export class RefreshTokensCommand {
  constructor(private readonly refreshTokens: RefreshTokens) {}

  async execute({ force, json }: RefreshCommand, scope: WorkspaceScope, terminal: Terminal): Promise<number> {
    const { checked, refreshed, needsReauth, failed } = await this.refreshTokens.execute(scope, {
      force,
      progress: (done) => terminal.progress(`Refreshing tokens: ${done} so far`),
    });
    terminal.progress(null);
    const text = json
      ? document({ checked, refreshed, needs_reauth: needsReauth, failed })
      : `Looked at the tokens of ${checked} ${checked === 1 ? 'account' : 'accounts'}: ${refreshed} refreshed, ` +
        `${needsReauth} need re-authorization, ${failed} failed for the moment.\n`;
    await terminal.print(text);
    return EXIT_STATUS[statusOf(needsReauth + failed, checked)];
  }
}

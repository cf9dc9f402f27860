import { Injectable } from '@nestjs/common';
import { CLI } from '../../shared/author.js';
import type { Terminal } from '../../shared/terminal.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { CleanUpTokens } from '../clean-up-tokens.js';
import { cleanUpView } from '../clean-up-view.js';
import { cleanUpText } from './clean-up-text.js';
import type { CleanUpCommand as Asked } from './command-line.js';
import { document } from './document.js';
import { EXIT_STATUS } from './exit-status.js';

@Injectable()
export class CleanUpCommand {
  constructor(private readonly cleanUp: CleanUpTokens) {}

  /** What was found is no failure: it is 0 whether or not there was anything to remove. */
  async execute(
    { olderThanDays, dryRun, json }: Asked,
    scope: WorkspaceScope,
    terminal: Terminal,
  ): Promise<number> {
    const requester = { author: CLI, requestId: null };
    const view = cleanUpView(await this.cleanUp.execute({ scope, olderThanDays, dryRun, requester }));
    await terminal.print(json ? document(view) : cleanUpText(view, olderThanDays, terminal.paint));
    return EXIT_STATUS.healthy;
  }
}

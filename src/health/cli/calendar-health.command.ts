import { Injectable } from '@nestjs/common';
import { RecordActions } from '../../audit/record-actions.js';
import { CLI } from '../../shared/author.js';
import { AlreadyRunning } from '../../shared/job-lock.js';
import type { Terminal } from '../../shared/terminal.js';
import { UsageError } from '../../shared/usage-error.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { Workspaces } from '../../workspaces/workspaces.js';
import { CheckAllCommand } from './check-all.command.js';
import { CleanUpCommand } from './clean-up.command.js';
import type { HealthCommand } from './command-line.js';
import { EXIT_STATUS } from './exit-status.js';
import { RefreshTokensCommand } from './refresh-tokens.command.js';

/** As the audit log names them. */
const ACTIONS: Readonly<Record<HealthCommand['kind'], string>> = {
  check: 'admin.calendars_checked',
  refresh: 'admin.tokens_refreshed',
  cleanUp: 'admin.tokens_cleaned_up',
};

@Injectable()
export class CalendarHealthCommand {
  constructor(
    private readonly checkAll: CheckAllCommand,
    private readonly refreshTokens: RefreshTokensCommand,
    private readonly cleanUp: CleanUpCommand,
    private readonly workspaces: Workspaces,
    private readonly record: RecordActions,
  ) {}

  /** The exit status; 0 also when another run does the work. @throws UsageError there is no such workspace */
  async execute(command: HealthCommand, terminal: Terminal): Promise<number> {
    const scope = await this.#scopeOf(command.workspaceId);
    try {
      const status = await this.#run(command, scope, terminal);
      await this.#tell(command, null);
      return status;
    } catch (error) {
      if (!(error instanceof AlreadyRunning)) throw error;
      await this.#tell(command, error.code);
      terminal.note(error.message);
      return EXIT_STATUS.healthy;
    }
  }

  #run(command: HealthCommand, scope: WorkspaceScope, terminal: Terminal): Promise<number> {
    switch (command.kind) {
      case 'check':
        return this.checkAll.execute(command, scope, terminal);
      case 'refresh':
        return this.refreshTokens.execute(command, scope, terminal);
      case 'cleanUp':
        return this.cleanUp.execute(command, scope, terminal);
    }
  }

  async #tell({ kind, workspaceId }: HealthCommand, code: string | null): Promise<void> {
    const outcome = code === null ? 'done' : 'refused';
    const about = { workspaceId, objectId: null, requestId: null };
    await this.record.execute([{ author: CLI, action: ACTIONS[kind], outcome, code, ...about }]);
  }

  async #scopeOf(workspaceId: string | null): Promise<WorkspaceScope> {
    if (workspaceId === null) return 'all';
    if ((await this.workspaces.find(workspaceId)) === null)
      throw new UsageError(`--workspace-id: there is no workspace ${workspaceId}.`);
    return { workspaceId };
  }
}

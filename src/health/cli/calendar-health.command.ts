import { Injectable } from '@nestjs/common';
import { statusOf } from '../../availability/calendar-health.js';
import { AlreadyRunning } from '../../shared/job-lock.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { Workspaces } from '../../workspaces/workspaces.js';
import type { HealthReport, ReportStatus } from '../calendar-health-report.js';
import { CheckCalendars } from '../check-calendars.js';
import { healthReportView, issueExportView } from '../health-report-view.js';
import { ReadCalendarHealth } from '../read-calendar-health.js';
import { RefreshTokens } from '../refresh-tokens.js';
import type { CheckCommand, RefreshCommand } from './command-line.js';
import { reportText } from './report-text.js';
import type { Terminal } from '../../shared/terminal.js';
import { UsageError } from '../../shared/usage-error.js';

const EXIT_STATUS: Readonly<Record<ReportStatus, number>> = { healthy: 0, partial: 1, critical: 2 };

@Injectable()
export class CalendarHealthCommand {
  constructor(
    private readonly checkCalendars: CheckCalendars,
    private readonly readHealth: ReadCalendarHealth,
    private readonly refreshTokens: RefreshTokens,
    private readonly workspaces: Workspaces,
  ) {}

  /** The exit status; 0 also when another run does the work. @throws UsageError there is no such workspace */
  async execute(command: CheckCommand | RefreshCommand, terminal: Terminal): Promise<number> {
    const scope = await this.#scopeOf(command.workspaceId);
    try {
      if (command.kind === 'check') return await this.#check(command, scope, terminal);
      return await this.#refresh(command, scope, terminal);
    } catch (error) {
      if (!(error instanceof AlreadyRunning)) throw error;
      terminal.note(error.message);
      return 0;
    }
  }

  async #check(command: CheckCommand, scope: WorkspaceScope, terminal: Terminal): Promise<number> {
    terminal.progress('Refreshing tokens');
    await this.checkCalendars.execute(scope, (done, total) =>
      terminal.progress(`Checking accounts: ${done} of ${total}`),
    );
    terminal.progress(null);
    const report = await this.readHealth.execute(scope);
    await present(report, command, terminal);
    return EXIT_STATUS[report.status];
  }

  async #refresh(
    { force, json }: RefreshCommand,
    scope: WorkspaceScope,
    terminal: Terminal,
  ): Promise<number> {
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

  async #scopeOf(workspaceId: string | null): Promise<WorkspaceScope> {
    if (workspaceId === null) return 'all';
    if ((await this.workspaces.find(workspaceId)) === null)
      throw new UsageError(`--workspace-id: there is no workspace ${workspaceId}.`);
    return { workspaceId };
  }
}

async function present(
  report: HealthReport,
  { exportIssues, json, verbose }: CheckCommand,
  terminal: Terminal,
): Promise<void> {
  const issues = (): string => document(issueExportView(report));
  if (exportIssues !== null && exportIssues.file === null) return terminal.print(issues());
  if (exportIssues?.file != null) await terminal.save(exportIssues.file, issues());
  const view = healthReportView(report);
  await terminal.print(json ? document(view) : reportText(view, verbose, terminal.paint));
}

function document(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

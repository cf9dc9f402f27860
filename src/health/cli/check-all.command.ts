import { Injectable } from '@nestjs/common';
import type { Terminal } from '../../shared/terminal.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import type { HealthReport } from '../calendar-health-report.js';
import { CheckCalendars } from '../check-calendars.js';
import { reasonsIn, unjudgedIn } from '../connection-sweep.js';
import { healthReportView, issueExportView } from '../health-report-view.js';
import { ReadCalendarHealth } from '../read-calendar-health.js';
import type { CheckCommand } from './command-line.js';
import { document } from './document.js';
import { exitStatusOf } from './exit-status.js';
import { reportText } from './report-text.js';

@Injectable()
export class CheckAllCommand {
  constructor(
    private readonly checkCalendars: CheckCalendars,
    private readonly readHealth: ReadCalendarHealth,
  ) {}

  async execute(command: CheckCommand, scope: WorkspaceScope, terminal: Terminal): Promise<number> {
    terminal.progress('Refreshing tokens');
    const sweep = await this.checkCalendars.execute(scope, (done, total) =>
      terminal.progress(`Checking accounts: ${done} of ${total}`),
    );
    terminal.progress(null);
    const report = await this.readHealth.execute(scope);
    await present(report, command, terminal);
    const unjudged = unjudgedIn(sweep);
    if (unjudged > 0)
      terminal.note(
        `Of ${unjudged} ${unjudged === 1 ? 'account' : 'accounts'} nothing new is known: ${reasonsIn(sweep)}.`,
      );
    return exitStatusOf(report.status, sweep);
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

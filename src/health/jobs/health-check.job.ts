import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { outcomeOf, type JobOutcome } from '../../shared/job-outcome.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { HEALTH_CHECK } from '../check-calendars.js';
import { CheckHealth } from '../check-health.js';
import { unjudgedIn } from '../connection-sweep.js';
import { issueExportView } from '../health-report-view.js';
import { ReadCalendarHealth } from '../read-calendar-health.js';
import { IssueExports } from './issue-exports.js';

@Injectable()
export class HealthCheckJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly checkHealth: CheckHealth,
    private readonly readHealth: ReadCalendarHealth,
    private readonly exports: IssueExports,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add(HEALTH_CHECK, this.config.crons.healthCheck, () => this.run());
  }

  async run(): Promise<JobOutcome> {
    const unjudged = unjudgedIn(await this.checkHealth.execute());
    const report = await this.readHealth.execute('all');
    await this.exports.add(issueExportView(report));
    const critical = report.issues.filter(({ severity }) => severity === 'critical').length;
    const { calendars, unhealthyCalendars: unhealthy } = report.totals;
    const counts = { calendars, unhealthy, critical_issues: critical, unjudged_accounts: unjudged };
    return outcomeOf(counts, ['unhealthy', 'critical_issues', 'unjudged_accounts']);
  }
}

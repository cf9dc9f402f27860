import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { BookingModule } from '../booking/booking.module.js';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { ConfigurationsModule } from '../configurations/configurations.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { WorkspacesModule } from '../workspaces/workspaces.module.js';
import { AccountsToCheck } from './accounts-to-check.js';
import { CheckCalendars } from './check-calendars.js';
import { CheckHealth } from './check-health.js';
import { CalendarHealthCommand } from './cli/calendar-health.command.js';
import { CheckAllCommand } from './cli/check-all.command.js';
import { CleanUpCommand } from './cli/clean-up.command.js';
import { RefreshTokensCommand } from './cli/refresh-tokens.command.js';
import { CleanUpTokens } from './clean-up-tokens.js';
import { DeadTokens } from './dead-tokens.js';
import { ForgetHistory } from './forget-history.js';
import { CollectOtherIssues } from './collect-other-issues.js';
import { CollectHealthFacts } from './health-facts.js';
import { HealthHistory } from './health-history.js';
import { AdminCalendarHealthController } from './http/admin-calendar-health.controller.js';
import { CalendarHealthController } from './http/calendar-health.controller.js';
import { HealthHistoryController } from './http/health-history.controller.js';
import { JobsController } from './http/jobs.controller.js';
import { MetricsController } from './http/metrics.controller.js';
import { HealthOverviewController } from './http/health-overview.controller.js';
import { ProbesController } from './http/probes.controller.js';
import { CleanupJob } from './jobs/cleanup.job.js';
import { ForgetHistoryJob } from './jobs/forget-history.job.js';
import { HealthCheckJob } from './jobs/health-check.job.js';
import { IssueExports } from './jobs/issue-exports.js';
import { TokenCleanupJob } from './jobs/token-cleanup.job.js';
import { TokenRefreshJob } from './jobs/token-refresh.job.js';
import { PostgresDeadTokens } from './persistence/postgres-dead-tokens.js';
import { PostgresHealthHistory } from './persistence/postgres-health-history.js';
import { PostgresReadiness } from './persistence/postgres-readiness.js';
import { PostgresStoredState } from './persistence/postgres-stored-state.js';
import { PostgresSweepProgress } from './persistence/postgres-sweep-progress.js';
import { SweepProgressEntity } from './persistence/sweep-progress.entity.js';
import { ProbeAtPace } from './probe-at-pace.js';
import { ReadCalendarHealth } from './read-calendar-health.js';
import { ReadJobs } from './read-jobs.js';
import { ReadServiceLevels } from './read-service-levels.js';
import { ReadTrend } from './read-trend.js';
import { Readiness } from './readiness.js';
import { RecentHealth } from './recent-health.js';
import { RecordGone } from './record-gone.js';
import { RefreshTokens } from './refresh-tokens.js';
import { ScrapeMetrics } from './scrape-metrics.js';
import { StoredState } from './stored-state.js';
import { SweepConnections } from './sweep-connections.js';
import { SweepProgress } from './sweep-progress.js';
import { TellUnguarded } from './tell-unguarded.js';

export { CalendarHealthCommand } from './cli/calendar-health.command.js';
export { parseCommandLine } from './cli/command-line.js';
export { HELP } from './cli/help.js';

export const healthEntities = [SweepProgressEntity];

@Module({
  imports: [
    TypeOrmModule.forFeature(healthEntities),
    AuditModule,
    WorkspacesModule,
    CalendarsModule,
    ConfigurationsModule,
    BookingModule,
    NotificationsModule,
    WebhooksModule,
  ],
  controllers: [
    ProbesController,
    CalendarHealthController,
    AdminCalendarHealthController,
    HealthHistoryController,
    JobsController,
    MetricsController,
    HealthOverviewController,
  ],
  providers: [
    AccountsToCheck,
    CalendarHealthCommand,
    CheckAllCommand,
    CheckCalendars,
    CheckHealth,
    CleanUpCommand,
    CleanUpTokens,
    CleanupJob,
    CollectHealthFacts,
    CollectOtherIssues,
    ForgetHistory,
    ForgetHistoryJob,
    HealthCheckJob,
    IssueExports,
    ProbeAtPace,
    ReadCalendarHealth,
    ReadJobs,
    ReadServiceLevels,
    ReadTrend,
    RecentHealth,
    RecordGone,
    RefreshTokens,
    RefreshTokensCommand,
    ScrapeMetrics,
    SweepConnections,
    TellUnguarded,
    TokenCleanupJob,
    TokenRefreshJob,
    { provide: DeadTokens, useClass: PostgresDeadTokens },
    { provide: HealthHistory, useClass: PostgresHealthHistory },
    { provide: StoredState, useClass: PostgresStoredState },
    { provide: Readiness, useClass: PostgresReadiness },
    { provide: SweepProgress, useClass: PostgresSweepProgress },
  ],
})
export class HealthModule {}

import { Module } from '@nestjs/common';
import { BookingModule } from '../booking/booking.module.js';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { ConfigurationsModule } from '../configurations/configurations.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { WorkspacesModule } from '../workspaces/workspaces.module.js';
import { CheckAtPace } from './check-at-pace.js';
import { CheckCalendars } from './check-calendars.js';
import { CheckHealth } from './check-health.js';
import { CalendarHealthCommand } from './cli/calendar-health.command.js';
import { CollectHealthFacts } from './health-facts.js';
import { AdminCalendarHealthController } from './http/admin-calendar-health.controller.js';
import { CalendarHealthController } from './http/calendar-health.controller.js';
import { ProbesController } from './http/probes.controller.js';
import { CleanupJob } from './jobs/cleanup.job.js';
import { HealthCheckJob } from './jobs/health-check.job.js';
import { TokenRefreshJob } from './jobs/token-refresh.job.js';
import { PostgresReadiness } from './persistence/postgres-readiness.js';
import { PrepareCheck } from './prepare-check.js';
import { ReadCalendarHealth } from './read-calendar-health.js';
import { Readiness } from './readiness.js';
import { RefreshTokens } from './refresh-tokens.js';

export { CalendarHealthCommand } from './cli/calendar-health.command.js';
export { parseCommandLine } from './cli/command-line.js';
export { HELP } from './cli/help.js';

@Module({
  imports: [WorkspacesModule, CalendarsModule, ConfigurationsModule, BookingModule, WebhooksModule],
  controllers: [ProbesController, CalendarHealthController, AdminCalendarHealthController],
  providers: [
    CalendarHealthCommand,
    CheckAtPace,
    CheckCalendars,
    CheckHealth,
    CleanupJob,
    CollectHealthFacts,
    HealthCheckJob,
    PrepareCheck,
    ReadCalendarHealth,
    RefreshTokens,
    TokenRefreshJob,
    { provide: Readiness, useClass: PostgresReadiness },
  ],
})
export class HealthModule {}

import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AuditModule } from './audit/audit.module.js';
import { AvailabilityModule } from './availability/availability.module.js';
import { BookingModule } from './booking/booking.module.js';
import { CalendarsModule } from './calendars/calendars.module.js';
import { ConfigurationsModule } from './configurations/configurations.module.js';
import { databaseModule } from './database-module.js';
import { HealthModule } from './health/health.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { AppErrorFilter } from './shared/app-error.filter.js';
import { Clock } from './shared/clock.js';
import type { Config } from './shared/config.js';
import type { Log } from './shared/log.js';
import { SharedModule } from './shared/shared.module.js';
import { DtoValidationPipe } from './shared/validation.pipe.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { ApiKeyGuard } from './workspaces/api-key.guard.js';
import { WorkspacesModule } from './workspaces/workspaces.module.js';

/** The only place that sees every module. */
@Module({})
export class AppModule {
  static with(config: Config, log: Log, clock?: Clock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SharedModule.with(config, log, clock),
        databaseModule(config),
        ScheduleModule.forRoot(),
        WorkspacesModule,
        OutboxModule,
        AuditModule,
        OAuthModule,
        CalendarsModule,
        ConfigurationsModule,
        AvailabilityModule,
        BookingModule,
        NotificationsModule,
        WebhooksModule,
        HealthModule,
      ],
      providers: [
        { provide: APP_FILTER, useClass: AppErrorFilter },
        { provide: APP_GUARD, useClass: ApiKeyGuard },
        { provide: APP_PIPE, useClass: DtoValidationPipe },
      ],
    };
  }
}

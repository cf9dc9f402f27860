import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { WorkspacesModule } from '../workspaces/workspaces.module.js';
import { ChangeConfiguration } from './change-configuration.js';
import { Configurations } from './configurations.js';
import { CreateConfiguration } from './create-configuration.js';
import { ConfigurationsController } from './http/configurations.controller.js';
import { ConfigurationEntity } from './persistence/configuration.entity.js';
import { ConflictCalendarEntity } from './persistence/conflict-calendar.entity.js';
import { PostgresConfigurations } from './persistence/postgres-configurations.js';

export const configurationEntities = [ConfigurationEntity, ConflictCalendarEntity];

@Module({
  imports: [TypeOrmModule.forFeature(configurationEntities), CalendarsModule, WorkspacesModule],
  controllers: [ConfigurationsController],
  providers: [
    ChangeConfiguration,
    CreateConfiguration,
    { provide: Configurations, useClass: PostgresConfigurations },
  ],
  exports: [Configurations],
})
export class ConfigurationsModule {}

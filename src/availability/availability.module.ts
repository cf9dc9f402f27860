import { Module } from '@nestjs/common';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { ConfigurationsModule } from '../configurations/configurations.module.js';
import { Bookability } from './bookability.js';
import { CheckAvailability } from './check-availability.js';
import { ClaimedTimes } from './claimed-times.js';
import { AvailabilityController } from './http/availability.controller.js';
import { PostgresClaimedTimes } from './persistence/postgres-claimed-times.js';
import { SlotResearch } from './slot-research.js';

export { CalendarHealthDto } from './http/availability.dto.js';

@Module({
  imports: [CalendarsModule, ConfigurationsModule],
  controllers: [AvailabilityController],
  providers: [
    Bookability,
    CheckAvailability,
    SlotResearch,
    { provide: ClaimedTimes, useClass: PostgresClaimedTimes },
  ],
  exports: [CalendarsModule, ConfigurationsModule, SlotResearch],
})
export class AvailabilityModule {}

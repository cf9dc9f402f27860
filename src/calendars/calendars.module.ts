import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OAuthModule } from '../oauth/oauth.module.js';
import { CalendarProvider } from './calendar-provider.js';
import { CalendarWrites } from './calendar-writes.js';
import { CallQuota } from './call-quota.js';
import { Calendars } from './calendars.js';
import { CheckConnection } from './check-connection.js';
import { Circuits } from './circuits.js';
import { AccountOfGrant } from './account-of-grant.js';
import { ConnectAccount } from './connect-account.js';
import { GoogleCalendarApi } from './google/google-calendar-api.js';
import { GoogleCalendarProvider } from './google/google-calendar-provider.js';
import { CalendarsController } from './http/calendars.controller.js';
import { CallbackController } from './http/callback.controller.js';
import { KnownBusy } from './known-busy.js';
import { LearnCalendars } from './learn-calendars.js';
import { LiveBusy } from './live-busy.js';
import { BusyDayEntity } from './persistence/busy-day.entity.js';
import { CalendarCheckHourEntity } from './persistence/calendar-check-hour.entity.js';
import { CalendarCheckEntity } from './persistence/calendar-check.entity.js';
import { CalendarObservationEntity } from './persistence/calendar-observation.entity.js';
import { CalendarOutageEntity } from './persistence/calendar-outage.entity.js';
import { CalendarWritesEntity } from './persistence/calendar-writes.entity.js';
import { CalendarEntity } from './persistence/calendar.entity.js';
import { PostgresCalendars } from './persistence/postgres-calendars.js';
import { PostgresKnownBusy } from './persistence/postgres-known-busy.js';
import { PostgresWriteTurns } from './persistence/postgres-write-turns.js';
import { ProbeConnection } from './probe-connection.js';
import { ProviderCalls } from './provider-calls.js';
import { ReadBusy } from './read-busy.js';
import { RecordProbes } from './record-probes.js';
import { RefreshConnection } from './refresh-connection.js';
import { ReviewCalendarList } from './review-calendar-list.js';
import { SyncCalendars } from './sync-calendars.js';
import { UnreadCalendars } from './unread-calendars.js';
import { WriteTurns } from './write-turns.js';

export { remoteCalendar } from './persistence/remote-calendar.js';

export const calendarEntities = [
  BusyDayEntity,
  CalendarCheckEntity,
  CalendarCheckHourEntity,
  CalendarEntity,
  CalendarObservationEntity,
  CalendarOutageEntity,
  CalendarWritesEntity,
];

@Module({
  imports: [TypeOrmModule.forFeature(calendarEntities), OAuthModule],
  controllers: [CalendarsController, CallbackController],
  providers: [
    AccountOfGrant,
    CalendarWrites,
    CallQuota,
    CheckConnection,
    Circuits,
    ConnectAccount,
    GoogleCalendarApi,
    LearnCalendars,
    LiveBusy,
    ProbeConnection,
    ProviderCalls,
    ReadBusy,
    RecordProbes,
    RefreshConnection,
    ReviewCalendarList,
    SyncCalendars,
    UnreadCalendars,
    { provide: CalendarProvider, useClass: GoogleCalendarProvider },
    { provide: Calendars, useClass: PostgresCalendars },
    { provide: KnownBusy, useClass: PostgresKnownBusy },
    { provide: WriteTurns, useClass: PostgresWriteTurns },
  ],
  exports: [
    CalendarProvider,
    CalendarWrites,
    Calendars,
    Circuits,
    KnownBusy,
    OAuthModule,
    ProbeConnection,
    ProviderCalls,
    ReadBusy,
    RecordProbes,
    SyncCalendars,
  ],
})
export class CalendarsModule {}

import { DataSource, type DataSourceOptions } from 'typeorm';
import { CreateWorkspaces1760000000000 } from '../migrations/1760000000000-create-workspaces.js';
import { CreateConnections1760000001000 } from '../migrations/1760000001000-create-connections.js';
import { CreateCalendars1760000002000 } from '../migrations/1760000002000-create-calendars.js';
import { CreateConfigurations1760000003000 } from '../migrations/1760000003000-create-configurations.js';
import { CreateBookings1760000004000 } from '../migrations/1760000004000-create-bookings.js';
import { CreateIdempotencyKeys1760000005000 } from '../migrations/1760000005000-create-idempotency-keys.js';
import { HealTokens1760000006000 } from '../migrations/1760000006000-heal-tokens.js';
import { TellFailuresOfConnections1760000007000 } from '../migrations/1760000007000-tell-failures-of-connections.js';
import { GuardClaims1760000007500 } from '../migrations/1760000007500-guard-claims.js';
import { PaceWrites1760000007600 } from '../migrations/1760000007600-pace-writes.js';
import { CompareCalendars1760000007700 } from '../migrations/1760000007700-compare-calendars.js';
import { CreateHealthHistory1760000008000 } from '../migrations/1760000008000-create-health-history.js';
import { CreateSweepProgress1760000008100 } from '../migrations/1760000008100-create-sweep-progress.js';
import { CreateJobRuns1760000009000 } from '../migrations/1760000009000-create-job-runs.js';
import { CreateAuditLog1760000009100 } from '../migrations/1760000009100-create-audit-log.js';
import { InstallQueue1760000011000 } from '../migrations/1760000011000-install-queue.js';
import { CreateOutboxAndWebhooks1760000011100 } from '../migrations/1760000011100-create-outbox-and-webhooks.js';
import { AddressWorkspaces1760000012000 } from '../migrations/1760000012000-address-workspaces.js';
import { auditEntities } from './audit/audit.module.js';
import { CreateMails1760000012100 } from '../migrations/1760000012100-create-mails.js';
import { TellOfStoppedCalendars1760000012200 } from '../migrations/1760000012200-tell-of-stopped-calendars.js';
import { AgeMailAudiences1760000012300 } from '../migrations/1760000012300-age-mail-audiences.js';
import { FindConflicts1760000012500 } from '../migrations/1760000012500-find-conflicts.js';
import { bookingEntities } from './booking/booking.module.js';
import { calendarEntities } from './calendars/calendars.module.js';
import { configurationEntities } from './configurations/configurations.module.js';
import { healthEntities } from './health/health.module.js';
import { mailEntities } from './notifications/notifications.module.js';
import { oauthEntities } from './oauth/oauth.module.js';
import { outboxEntities } from './outbox/outbox.module.js';
import { SystemClock } from './shared/clock.js';
import { PreparingClient } from './shared/prepared-statements.js';
import { retryContention } from './shared/retried-statements.js';
import { sharedEntities } from './shared/shared.module.js';
import { webhookEntities } from './webhooks/webhooks.module.js';
import { workspaceEntities } from './workspaces/workspaces.module.js';

/** A booking waits this long for a pooled connection at most, then the caller is told to repeat (F51). */
const CONNECT_TIMEOUT_MS = 2000;
const POOL_SIZE = 10;

/** The whole schema: what the service connects with, and what the migration commands compare. */
export function databaseOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: [
      ...sharedEntities,
      ...auditEntities,
      ...workspaceEntities,
      ...oauthEntities,
      ...calendarEntities,
      ...configurationEntities,
      ...bookingEntities,
      ...healthEntities,
      ...outboxEntities,
      ...webhookEntities,
      ...mailEntities,
    ],
    migrations: [
      CreateWorkspaces1760000000000,
      CreateConnections1760000001000,
      CreateCalendars1760000002000,
      CreateConfigurations1760000003000,
      CreateBookings1760000004000,
      CreateIdempotencyKeys1760000005000,
      HealTokens1760000006000,
      TellFailuresOfConnections1760000007000,
      GuardClaims1760000007500,
      PaceWrites1760000007600,
      CompareCalendars1760000007700,
      CreateHealthHistory1760000008000,
      CreateSweepProgress1760000008100,
      CreateJobRuns1760000009000,
      CreateAuditLog1760000009100,
      InstallQueue1760000011000,
      CreateOutboxAndWebhooks1760000011100,
      AddressWorkspaces1760000012000,
      CreateMails1760000012100,
      TellOfStoppedCalendars1760000012200,
      AgeMailAudiences1760000012300,
      FindConflicts1760000012500,
    ],
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize: POOL_SIZE,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'slotkeeper',
    extra: { Client: PreparingClient },
  };
}

const MIGRATION_LOCK = 7_226_001;

/** Connects and brings the schema up to date. With many instances starting at once, one does it. */
export async function connectedDataSource(options: DataSourceOptions): Promise<DataSource> {
  const source = await new DataSource(options).initialize();
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations();
    retryContention(source, new SystemClock());
    return source;
  } catch (error) {
    await source.destroy();
    throw error;
  } finally {
    if (!runner.isReleased && source.isInitialized) {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await runner.release();
    }
  }
}

import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Cipher } from './cipher.js';
import { Clock, SystemClock } from './clock.js';
import { Config } from './config.js';
import { DatabaseClock } from './database-clock.js';
import { Ids, RandomIds } from './ids.js';
import { JobLock } from './job-lock.js';
import { JobRunEntity } from './job-run.entity.js';
import { JobRuns } from './job-runs.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { PerformJob } from './perform-job.js';
import { PostgresJobLock } from './postgres-job-lock.js';
import { PostgresJobRuns } from './postgres-job-runs.js';
import { PromMetrics } from './prom-metrics.js';
import { RegisteredTimers } from './registered-timers.js';
import { RunSharedTick } from './run-shared-tick.js';
import { RunTick } from './run-tick.js';
import { ScheduledJobs } from './scheduled-jobs.js';
import { Signer } from './signer.js';
import { Timers } from './timers.js';

export const sharedEntities = [JobRunEntity];

const DATABASE_CLOCK = {
  provide: Clock,
  inject: [DataSource],
  useFactory: (source: DataSource) =>
    DatabaseClock.started(new SystemClock(), async () => {
      const sql = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now';
      const [row]: { now: number }[] = await source.query(sql);
      return row?.now ?? Number.NaN;
    }),
};

/** What every module may ask for. */
@Global()
@Module({})
export class SharedModule {
  static with(config: Config, log: Log, clock?: Clock): DynamicModule {
    const providers = [
      { provide: Config, useValue: config },
      { provide: Log, useValue: log },
      clock === undefined ? DATABASE_CLOCK : { provide: Clock, useValue: clock },
      { provide: Ids, useClass: RandomIds },
      { provide: JobLock, useClass: PostgresJobLock },
      { provide: JobRuns, useClass: PostgresJobRuns },
      { provide: Metrics, useClass: PromMetrics },
      { provide: Timers, useClass: RegisteredTimers },
      PerformJob,
      RunSharedTick,
      RunTick,
      ScheduledJobs,
      { provide: Cipher, useValue: new Cipher(config.encryptionKeys) },
      { provide: Signer, useValue: new Signer(config.encryptionKeys) },
    ];
    return { module: SharedModule, providers, exports: providers };
  }
}

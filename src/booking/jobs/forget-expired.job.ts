import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { outcomeOf } from '../../shared/job-outcome.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { Holds } from '../holds.js';
import { IdempotencyKeys } from '../idempotency-keys.js';

/** Removes holds and idempotency keys that have had their time. Nothing depends on it but the size of the tables. */
@Injectable()
export class ForgetExpiredJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly holds: Holds,
    private readonly keys: IdempotencyKeys,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('forget-expired', this.config.crons.cleanup, async () =>
      outcomeOf({ holds: await this.holds.forget(), idempotency_keys: await this.keys.forget() }),
    );
  }
}

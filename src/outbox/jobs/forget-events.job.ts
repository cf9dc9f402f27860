import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { outcomeOf } from '../../shared/job-outcome.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { OutboxEvents } from '../outbox-events.js';

/** Long after the last attempt to deliver any of them. */
const KEPT_MS = 30 * 86_400_000;

/** Removes events that have had their time. Nothing depends on it but the size of the table. */
@Injectable()
export class ForgetEventsJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly events: OutboxEvents,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('forget-events', this.config.crons.cleanup, async () =>
      outcomeOf({ events: await this.events.removeOlderThan(KEPT_MS) }),
    );
  }
}

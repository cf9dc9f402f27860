import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { KnownBusy } from '../../calendars/known-busy.js';
import { AuthorizationStates } from '../../oauth/authorization-states.js';
import { Config } from '../../shared/config.js';
import { outcomeOf, type JobOutcome } from '../../shared/job-outcome.js';
import { Log } from '../../shared/log.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';

/** Removes what has had its time: sign-ins that nobody finished, and busy times of days that are over. */
@Injectable()
export class CleanupJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly states: AuthorizationStates,
    private readonly knownBusy: KnownBusy,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('cleanup', this.config.crons.cleanup, () => this.run());
  }

  async run(): Promise<JobOutcome> {
    const states = await this.states.removeExpired();
    const days = await this.knownBusy.removePast();
    const counts = { oauth_states: states, busy_days: days };
    this.log.info('cleanup.done', 'What had its time has been removed.', counts);
    return outcomeOf(counts);
  }
}

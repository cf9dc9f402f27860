import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { outcomeOf, type JobOutcome } from '../../shared/job-outcome.js';
import { Log } from '../../shared/log.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { ForgetHistory } from '../forget-history.js';

@Injectable()
export class ForgetHistoryJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly forget: ForgetHistory,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('history-cleanup', this.config.crons.cleanup, () => this.run());
  }

  async run(): Promise<JobOutcome> {
    const { checks, hours, outages, observations } = await this.forget.execute();
    const counts = { checks, check_hours: hours, outages, observations };
    this.log.info('history.forgotten', 'History that had its time has been removed.', counts);
    return outcomeOf(counts);
  }
}

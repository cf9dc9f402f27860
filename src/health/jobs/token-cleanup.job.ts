import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { systemJob } from '../../shared/author.js';
import { Config } from '../../shared/config.js';
import { outcomeOf, type JobOutcome } from '../../shared/job-outcome.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { CleanUpTokens, DEFAULT_DEAD_DAYS } from '../clean-up-tokens.js';

const NAME = 'token-cleanup';

@Injectable()
export class TokenCleanupJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly cleanUp: CleanUpTokens,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add(NAME, this.config.crons.tokenCleanup, () => this.run());
  }

  async run(): Promise<JobOutcome> {
    const { removed } = await this.cleanUp.execute({
      scope: 'all',
      olderThanDays: DEFAULT_DEAD_DAYS,
      dryRun: false,
      requester: { author: systemJob(NAME), requestId: null },
    });
    return outcomeOf({ removed });
  }
}

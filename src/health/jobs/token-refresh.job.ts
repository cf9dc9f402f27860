import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SweepTokens, TOKEN_REFRESH, type TokenSweep } from '../../oauth/sweep-tokens.js';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { outcomeOf, type JobOutcome } from '../../shared/job-outcome.js';
import { Log } from '../../shared/log.js';
import { patiently } from '../../shared/patiently.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';

/** Refreshes the tokens that are about to expire, and now and then all of them, so that none is lost for not being used. */
@Injectable()
export class TokenRefreshJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly sweep: SweepTokens,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { tokenRefresh, preventiveRefresh } = this.config.crons;
    this.jobs.add(TOKEN_REFRESH, tokenRefresh, async () => this.#told(await this.sweep.execute('all')));
    this.jobs.add('preventive-refresh', preventiveRefresh, async () => this.#told(await this.#refreshAll()));
  }

  #refreshAll(): Promise<TokenSweep> {
    return patiently(this.clock, () => this.sweep.execute('all', { all: true }));
  }

  #told({ checked, refreshed, needsReauth, failed }: TokenSweep): JobOutcome {
    const counts = { checked, refreshed, needs_reauth: needsReauth, failed };
    if (checked > 0) this.log.info('tokens.swept', 'Tokens of many accounts have been refreshed.', counts);
    return outcomeOf(counts, ['needs_reauth', 'failed']);
  }
}

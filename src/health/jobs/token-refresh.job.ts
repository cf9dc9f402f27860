import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SweepTokens, TOKEN_REFRESH } from '../../oauth/sweep-tokens.js';
import { Config } from '../../shared/config.js';
import { Log } from '../../shared/log.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';

@Injectable()
export class TokenRefreshJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly sweep: SweepTokens,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.addLocking(TOKEN_REFRESH, this.config.crons.tokenRefresh, () => this.run());
  }

  async run(): Promise<void> {
    const { checked, refreshed, needsReauth, failed } = await this.sweep.execute('all');
    if (checked === 0) return;
    const counts = { checked, refreshed, needs_reauth: needsReauth, failed };
    this.log.info('tokens.swept', 'Tokens that were about to expire have been refreshed.', counts);
  }
}

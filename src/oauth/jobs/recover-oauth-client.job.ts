import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { RecoverOAuthClient } from '../recover-oauth-client.js';

/** How soon a due probe is noticed; how often the provider is asked is the use case's to say. */
const CRON = '*/30 * * * * *';

@Injectable()
export class RecoverOAuthClientJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly recover: RecoverOAuthClient,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('recover-oauth-client', CRON, () => this.recover.execute(), { alsoAtStart: true });
  }
}

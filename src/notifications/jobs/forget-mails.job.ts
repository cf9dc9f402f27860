import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { Mails } from '../mails.js';

const KEPT_MS = 365 * 86_400_000;

/** Removes what became of e-mails long ago. Nothing depends on it but the size of the table. */
@Injectable()
export class ForgetMailsJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly mails: Mails,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('forget-mails', this.config.crons.cleanup, () => this.mails.removeOlderThan(KEPT_MS));
  }
}

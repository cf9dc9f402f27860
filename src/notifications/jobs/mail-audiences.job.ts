import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config, type MailSettings } from '../../shared/config.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { MailAudiences, type MailAudience } from '../mail-audiences.js';

const EVERY_HOUR = '0 * * * *';

/** From the start of an instance that does jobs, and as long as it lives, what it can send is planned. */
@Injectable()
export class MailAudiencesJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly audiences: MailAudiences,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const renew = (): Promise<void> => this.audiences.renew(audiencesOf(this.config.mail));
    this.jobs.addShared('mail-audiences', EVERY_HOUR, renew);
    if (this.config.schedulerEnabled) await renew();
  }
}

function audiencesOf(mail: MailSettings | null): MailAudience[] {
  if (mail === null) return [];
  return mail.operatorEmail === null ? ['owners'] : ['owners', 'operator'];
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config, type MailSettings } from '../../shared/config.js';
import { MailAudiences, type MailAudience } from '../mail-audiences.js';

/** At the start of an instance that does jobs: what it can send is planned from now on, and nothing else. */
@Injectable()
export class MailAudiencesJob implements OnApplicationBootstrap {
  constructor(
    private readonly audiences: MailAudiences,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.schedulerEnabled) await this.audiences.set(audiencesOf(this.config.mail));
  }
}

function audiencesOf(mail: MailSettings | null): MailAudience[] {
  if (mail === null) return [];
  return mail.operatorEmail === null ? ['owners'] : ['owners', 'operator'];
}

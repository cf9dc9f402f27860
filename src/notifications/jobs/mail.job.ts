import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { Queue } from '../../shared/queue.js';
import { PlanOperatorMails } from '../plan-operator-mails.js';
import { PlanOwnerMails } from '../plan-owner-mails.js';
import { SendMail } from '../send-mail.js';
import { idOf, keyOf, newsOf } from './payload.js';

/** Does what the statements of this module and the views of its listeners name; where no e-mail can be sent, nothing. */
@Injectable()
export class MailJob implements OnModuleInit {
  constructor(
    private readonly queue: Queue,
    private readonly planOwnerMails: PlanOwnerMails,
    private readonly planOperatorMails: PlanOperatorMails,
    private readonly sendMail: SendMail,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    if (this.config.mail === null) return;
    this.queue.register('plan-owner-mails', (payload) =>
      this.planOwnerMails.execute(idOf(payload, 'event_id')),
    );
    this.queue.register('plan-operator-mails', (payload) => this.planOperatorMails.execute(newsOf(payload)));
    this.queue.register('send-mail', (payload, signal) => this.sendMail.execute(keyOf(payload), signal));
  }
}

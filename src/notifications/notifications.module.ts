import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BookingModule } from '../booking/booking.module.js';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { ConfigurationsModule } from '../configurations/configurations.module.js';
import { OAuthModule } from '../oauth/oauth.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { QueueModule } from '../shared/queue.module.js';
import { WorkspacesModule } from '../workspaces/workspaces.module.js';
import { ComposeLetter } from './compose-letter.js';
import { FindDependents } from './dependents.js';
import { ForgetMailsJob } from './jobs/forget-mails.job.js';
import { MailAudiencesJob } from './jobs/mail-audiences.job.js';
import { MailJob } from './jobs/mail.job.js';
import { MailAudiences } from './mail-audiences.js';
import { Mails } from './mails.js';
import { OperatorLetters } from './operator-letters.js';
import { OwnerLetters } from './owner-letters.js';
import { MailAudienceEntity } from './persistence/mail-audience.entity.js';
import { MailEntity } from './persistence/mail.entity.js';
import { PostgresMailAudiences } from './persistence/postgres-mail-audiences.js';
import { PostgresMails } from './persistence/postgres-mails.js';
import { PlanOperatorMails } from './plan-operator-mails.js';
import { PlanOwnerMails } from './plan-owner-mails.js';
import { Postman } from './postman.js';
import { ReadAccount } from './read-account.js';
import { SendMail } from './send-mail.js';
import { SmtpPostman } from './smtp/smtp-postman.js';

export const mailEntities = [MailEntity, MailAudienceEntity];

@Module({
  imports: [
    TypeOrmModule.forFeature(mailEntities),
    BookingModule,
    CalendarsModule,
    ConfigurationsModule,
    OAuthModule,
    OutboxModule,
    QueueModule,
    WorkspacesModule,
  ],
  providers: [
    ComposeLetter,
    FindDependents,
    ForgetMailsJob,
    MailAudiencesJob,
    MailJob,
    OperatorLetters,
    OwnerLetters,
    PlanOperatorMails,
    PlanOwnerMails,
    ReadAccount,
    SendMail,
    { provide: MailAudiences, useClass: PostgresMailAudiences },
    { provide: Mails, useClass: PostgresMails },
    { provide: Postman, useClass: SmtpPostman },
  ],
  exports: [Mails],
})
export class NotificationsModule {}

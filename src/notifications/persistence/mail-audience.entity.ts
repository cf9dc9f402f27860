import { Check, Entity, PrimaryColumn } from 'typeorm';

import type { MailAudience } from '../mail-audiences.js';

@Entity('mail_audiences', {
  comment: 'Whom the instances that send e-mails write to; nothing is planned for others.',
})
@Check('ck_mail_audiences_audience', `audience IN ('owners', 'operator')`)
export class MailAudienceEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_mail_audiences' }) audience: MailAudience;
}

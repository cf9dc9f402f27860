import { Check, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { MailAudience } from '../mail-audiences.js';

@Entity('mail_audiences', {
  comment: 'Whom the instances that send e-mails write to; nothing is planned for others.',
})
@Check('ck_mail_audiences_audience', `audience IN ('owners', 'operator')`)
export class MailAudienceEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_mail_audiences' }) audience: MailAudience;
  /** When an instance that writes to them last said so. */
  @InstantColumn('seen_at', { default: () => 'now()' }) seenAt: Instant;
}

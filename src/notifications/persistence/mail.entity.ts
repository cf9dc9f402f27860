import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';
import type { MailStatus, MailStep, OperatorFault } from '../mail.js';

@Entity('mails')
@Check(
  'ck_mails_step',
  `step IN ('stopped', 'reminder_3', 'reminder_7', 'reminder_14', 'recovered', 'alert', 'mended')`,
)
@Check('ck_mails_status', `status IN ('planned', 'sending', 'sent', 'failed', 'unknown', 'cancelled')`)
@Check('ck_mails_about', '(connection_id IS NULL) <> (fault IS NULL)')
@Index('ix_mails_connection', ['connectionId', 'claimedAt'])
export class MailEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_mails' }) episode: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'pk_mails' }) step: MailStep;
  @ForeignKey('connections', { name: 'fk_mails_connection', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'connection_id', nullable: true })
  connectionId: string | null;
  @Column('jsonb', { nullable: true }) fault: OperatorFault | null;
  @InstantColumn('episode_began_at') episodeBeganAt: Instant;
  @InstantColumn('due_at') dueAt: Instant;
  @Column('text', { default: 'planned' }) status: MailStatus;
  @Column('integer', { default: 0 }) attempts: number;
  @Column('text', { nullable: true }) recipient: string | null;
  @Column('integer', { name: 'smtp_status', nullable: true }) smtpStatus: number | null;
  @InstantColumn('claimed_at', { nullable: true }) claimedAt: Instant | null;
  @InstantColumn('ended_at', { nullable: true }) endedAt: Instant | null;
}

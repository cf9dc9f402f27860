import { Check, Column, Entity, Exclusion, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('slot_claims', {
  comment:
    'Time given away, buffers included. The exclusion constraint is what makes double bookings impossible.',
})
@Unique('uq_slot_claims_hold', ['holdId'])
@Index('ix_slot_claims_booking', ['bookingId'])
@Check(
  'ck_slot_claims_owner',
  'num_nonnulls(booking_id, hold_id) = 1 AND (hold_id IS NULL) = (hold_expires_at IS NULL)',
)
@Exclusion(
  'ex_slot_claims_no_overlap',
  'USING gist (remote_calendar WITH =, during WITH &&, (coalesce(booking_id, hold_id)) WITH <>)',
)
export class SlotClaimEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_slot_claims' }) id: string;
  @ForeignKey('calendars', { name: 'fk_slot_claims_calendar', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'calendar_id' })
  calendarId: string;
  /** The provider's calendar: one calendar may be listed by several accounts of a workspace. */
  @Column('text', { name: 'remote_calendar' }) remoteCalendar: string;
  @ForeignKey('bookings', { name: 'fk_slot_claims_booking', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'booking_id', nullable: true })
  bookingId: string | null;
  @ForeignKey('holds', { name: 'fk_slot_claims_hold', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'hold_id', nullable: true })
  holdId: string | null;
  @Column('tstzrange') during: string;
  /** The new time of a booking that moves; the present one is given back when the move is done. */
  @Column('boolean', { default: false }) incoming: boolean;
  @InstantColumn('hold_expires_at', { nullable: true }) holdExpiresAt: Instant | null;
}

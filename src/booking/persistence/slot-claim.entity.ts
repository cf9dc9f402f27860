import { Column, Entity, Exclusion, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

@Entity('slot_claims', {
  comment:
    'Time given away, buffers included. The exclusion constraint is what makes double bookings impossible.',
})
@Unique('uq_slot_claims_booking', ['bookingId'])
@Exclusion('ex_slot_claims_no_overlap', 'USING gist (calendar_id WITH =, during WITH &&)')
export class SlotClaimEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_slot_claims' }) id: string;
  @ForeignKey('calendars', { name: 'fk_slot_claims_calendar', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'calendar_id' })
  calendarId: string;
  @ForeignKey('bookings', { name: 'fk_slot_claims_booking', onDelete: 'CASCADE' })
  @Column('uuid', { name: 'booking_id', nullable: true })
  bookingId: string | null;
  @Column('tstzrange') during: string;
  @InstantColumn('hold_expires_at', { nullable: true }) holdExpiresAt: Instant | null;
}

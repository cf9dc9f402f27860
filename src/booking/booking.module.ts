import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AvailabilityModule } from '../availability/availability.module.js';
import { BookAppointment } from './book-appointment.js';
import { BookingLimits } from './booking-limits.js';
import { BookingPrecheck } from './booking-precheck.js';
import { BookingRules } from './booking-rules.js';
import { Bookings } from './bookings.js';
import { CancelBooking } from './cancel-booking.js';
import { ClaimSlot } from './claim-slot.js';
import { CompareCalendar } from './compare-calendar.js';
import { CompareCalendars } from './compare-calendars.js';
import { Comparisons } from './comparisons.js';
import { FindAlternatives } from './find-alternatives.js';
import { FollowCalendar } from './follow-calendar.js';
import { FreshCheck } from './fresh-check.js';
import { GiveUpBooking } from './give-up-booking.js';
import { HeldTime } from './held-time.js';
import { HoldSlot } from './hold-slot.js';
import { Holds } from './holds.js';
import { AdminBookingsController } from './http/admin-bookings.controller.js';
import { BookingCommands } from './http/booking-commands.js';
import { BookingController } from './http/booking.controller.js';
import { HoldsController } from './http/holds.controller.js';
import { IdempotencyKeys } from './idempotency-keys.js';
import { CompareCalendarsJob } from './jobs/compare-calendars.job.js';
import { ForgetExpiredJob } from './jobs/forget-expired.job.js';
import { ReconcileBookingsJob } from './jobs/reconcile-bookings.job.js';
import { MoveBooking } from './move-booking.js';
import { OncePerKey } from './once-per-key.js';
import { BookingEntity } from './persistence/booking.entity.js';
import { CalendarComparisonEntity } from './persistence/calendar-comparison.entity.js';
import { HoldEntity } from './persistence/hold.entity.js';
import { IdempotencyKeyEntity } from './persistence/idempotency-key.entity.js';
import { PostgresBookings } from './persistence/postgres-bookings.js';
import { PostgresComparisons } from './persistence/postgres-comparisons.js';
import { PostgresHolds } from './persistence/postgres-holds.js';
import { PostgresIdempotencyKeys } from './persistence/postgres-idempotency-keys.js';
import { SlotClaimEntity } from './persistence/slot-claim.entity.js';
import { PlaceEvent } from './place-event.js';
import { ReconcileBookings } from './reconcile-bookings.js';
import { RemoveEvent } from './remove-event.js';
import { RescheduleBooking } from './reschedule-booking.js';
import { ResumeBooking } from './resume-booking.js';
import { SettleBooking } from './settle-booking.js';
import { UnfinishedBooking } from './unfinished-booking.js';
import { WriteEvent } from './write-event.js';

export { SLOTS_ARE_GUARDED } from './persistence/slot-guard.js';

export const bookingEntities = [
  BookingEntity,
  CalendarComparisonEntity,
  HoldEntity,
  SlotClaimEntity,
  IdempotencyKeyEntity,
];

@Module({
  imports: [TypeOrmModule.forFeature(bookingEntities), AvailabilityModule],
  controllers: [AdminBookingsController, BookingController, HoldsController],
  providers: [
    BookAppointment,
    BookingCommands,
    BookingLimits,
    BookingPrecheck,
    BookingRules,
    CancelBooking,
    ClaimSlot,
    CompareCalendar,
    CompareCalendars,
    CompareCalendarsJob,
    FindAlternatives,
    FollowCalendar,
    ForgetExpiredJob,
    FreshCheck,
    GiveUpBooking,
    HeldTime,
    HoldSlot,
    MoveBooking,
    OncePerKey,
    PlaceEvent,
    ReconcileBookings,
    ReconcileBookingsJob,
    RemoveEvent,
    RescheduleBooking,
    ResumeBooking,
    SettleBooking,
    UnfinishedBooking,
    WriteEvent,
    { provide: Bookings, useClass: PostgresBookings },
    { provide: Comparisons, useClass: PostgresComparisons },
    { provide: Holds, useClass: PostgresHolds },
    { provide: IdempotencyKeys, useClass: PostgresIdempotencyKeys },
  ],
  exports: [AvailabilityModule, Bookings, ReconcileBookings],
})
export class BookingModule {}

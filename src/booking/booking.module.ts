import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AvailabilityModule } from '../availability/availability.module.js';
import { BookAppointment } from './book-appointment.js';
import { BookingLimits } from './booking-limits.js';
import { BookingPrecheck } from './booking-precheck.js';
import { Bookings } from './bookings.js';
import { CancelBooking } from './cancel-booking.js';
import { ClaimSlot } from './claim-slot.js';
import { FindAlternatives } from './find-alternatives.js';
import { FreshCheck } from './fresh-check.js';
import { BookingController } from './http/booking.controller.js';
import { ReconcileBookingsJob } from './jobs/reconcile-bookings.job.js';
import { BookingEntity } from './persistence/booking.entity.js';
import { PostgresBookings } from './persistence/postgres-bookings.js';
import { SlotClaimEntity } from './persistence/slot-claim.entity.js';
import { ReconcileBookings } from './reconcile-bookings.js';
import { RemoveEvent } from './remove-event.js';
import { UnfinishedBooking } from './unfinished-booking.js';
import { WriteEvent } from './write-event.js';

export const bookingEntities = [BookingEntity, SlotClaimEntity];

@Module({
  imports: [TypeOrmModule.forFeature(bookingEntities), AvailabilityModule],
  controllers: [BookingController],
  providers: [
    BookAppointment,
    BookingLimits,
    BookingPrecheck,
    CancelBooking,
    ClaimSlot,
    FindAlternatives,
    FreshCheck,
    ReconcileBookings,
    ReconcileBookingsJob,
    RemoveEvent,
    UnfinishedBooking,
    WriteEvent,
    { provide: Bookings, useClass: PostgresBookings },
  ],
  exports: [AvailabilityModule, Bookings, ReconcileBookings],
})
export class BookingModule {}

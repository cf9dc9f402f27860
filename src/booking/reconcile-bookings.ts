import { Injectable } from '@nestjs/common';
import type { Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { UnfinishedBooking } from './unfinished-booking.js';

const BATCH = 20;

/** Finishes what a time-out, an outage or a crash left open: pending events are written, cancelled ones removed. */
@Injectable()
export class ReconcileBookings {
  constructor(
    private readonly bookings: Bookings,
    private readonly unfinished: UnfinishedBooking,
  ) {}

  /** How many bookings were taken up. One that fails for a reason nobody foresaw does not stop the others. */
  async execute(): Promise<number> {
    let taken = 0;
    let batch: Booking[];
    do {
      batch = await this.bookings.takeDue(BATCH);
      taken += batch.length;
      const outcomes = await Promise.allSettled(batch.map((booking) => this.unfinished.finish(booking)));
      const bug = outcomes.find((outcome) => outcome.status === 'rejected');
      if (bug !== undefined) throw bug.reason;
    } while (batch.length === BATCH);
    return taken;
  }
}

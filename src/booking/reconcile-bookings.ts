import { Injectable } from '@nestjs/common';
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

  /** How many bookings were taken up. */
  async execute(): Promise<number> {
    const due = await this.bookings.takeDue(BATCH);
    await Promise.all(due.map((booking) => this.unfinished.finish(booking)));
    return due.length;
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { Bookings } from './bookings.js';
import type { Booking } from './booking.js';
import { Comparisons } from './comparisons.js';
import { UnfinishedBooking } from './unfinished-booking.js';

/** So many calendars are worked on at once; in one of them, one booking after the other. */
const LANES = 20;
/** While a calendar takes its time, what becomes due in others is looked for this often. */
const LOOK_MS = 1000;

/** Finishes what a time-out, an outage or a crash left open: pending events are written, cancelled ones removed. */
@Injectable()
export class ReconcileBookings {
  constructor(
    private readonly bookings: Bookings,
    private readonly unfinished: UnfinishedBooking,
    private readonly comparisons: Comparisons,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns when nothing is due and nothing under way any more. Any number of instances may do this at once.
   *
   * @throws the first failure that nobody foresaw, after all others had their turn
   */
  async execute(): Promise<void> {
    const lanes = new Map<string, Promise<void>>();
    const bugs: unknown[] = [];
    const finish = async (booking: Booking): Promise<void> => {
      try {
        await this.#finish(booking);
      } catch (error) {
        bugs.push(error);
      } finally {
        lanes.delete(booking.calendarId);
      }
    };
    const look = async (): Promise<void> => {
      if (lanes.size >= LANES) return;
      const due = await this.bookings.takeDue(LANES - lanes.size, [...lanes.keys()]);
      for (const booking of due) lanes.set(booking.calendarId, finish(booking));
    };
    // A lane that came to its end may have more to do, so the last look is one that finds nothing.
    for (await look(); lanes.size > 0; await look())
      await Promise.race([...lanes.values(), this.clock.pause(LOOK_MS)]);
    if (bugs.length > 0) throw bugs[0];
  }

  async #finish(booking: Booking): Promise<void> {
    await this.unfinished.finish(booking);
    // What else the calendar went through meanwhile is looked at as soon as it answers again.
    if (booking.attempts > 0 && (await this.bookings.find(booking.id, 'all'))?.attempts === 0)
      await this.comparisons.hasten(booking.calendarId);
  }
}

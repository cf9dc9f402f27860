import { afterAll, beforeAll } from '@jest/globals';
import { PostgresClaimedTimes } from '../../src/availability/persistence/postgres-claimed-times.js';
import { FixedClock } from '../../src/shared/clock.js';
import { InMemoryBookingTables } from '../fakes/in-memory-booking-tables.js';
import { InMemoryBookings } from '../fakes/in-memory-bookings.js';
import { InMemoryHolds } from '../fakes/in-memory-holds.js';
import { BookingTables } from '../support/booking-tables.js';
import { bookingsContract, type BookingsWorld } from './bookings.contract.js';

let tables: BookingTables;

beforeAll(async () => {
  tables = await BookingTables.open();
});

afterAll(() => tables?.close());

async function inMemoryWorld(): Promise<BookingsWorld> {
  const clock = new FixedClock(Date.UTC(2037, 2, 1));
  const times = new InMemoryBookingTables(clock);
  let calendars = 0;
  return {
    bookings: new InMemoryBookings(times),
    holds: new InMemoryHolds(times),
    times,
    home: { workspaceId: 'home', calendarId: 'main', configurationId: 'consultation' },
    anotherCalendar: async () => `other ${(calendars += 1)}`,
    now: async () => clock.now(),
    pass: async (ms) => clock.advance(ms),
    close: async () => undefined,
  };
}

async function postgresWorld(): Promise<BookingsWorld> {
  const { bookings, holds, source } = tables;
  const home = await tables.home();
  return {
    bookings,
    holds,
    times: new PostgresClaimedTimes(source),
    home,
    anotherCalendar: () => tables.anotherCalendar(home),
    now: async () => Date.now(),
    pass: (ms) => tables.pass(home, ms),
    close: () => tables.remove(home),
  };
}

bookingsContract('InMemoryBookings', inMemoryWorld);
bookingsContract('PostgresBookings', postgresWorld);

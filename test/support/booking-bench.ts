import { SlotResearch } from '../../src/availability/slot-research.js';
import { BookAppointment } from '../../src/booking/book-appointment.js';
import { BookingLimits } from '../../src/booking/booking-limits.js';
import { BookingPrecheck } from '../../src/booking/booking-precheck.js';
import { BookingRules } from '../../src/booking/booking-rules.js';
import type { BookingWish } from '../../src/booking/booking-wish.js';
import type { Booking } from '../../src/booking/booking.js';
import { CancelBooking } from '../../src/booking/cancel-booking.js';
import { ClaimSlot } from '../../src/booking/claim-slot.js';
import { FindAlternatives } from '../../src/booking/find-alternatives.js';
import { FreshCheck } from '../../src/booking/fresh-check.js';
import { GiveUpBooking } from '../../src/booking/give-up-booking.js';
import { HeldTime } from '../../src/booking/held-time.js';
import { HoldSlot } from '../../src/booking/hold-slot.js';
import { MoveBooking } from '../../src/booking/move-booking.js';
import { PlaceEvent } from '../../src/booking/place-event.js';
import { RemoveEvent } from '../../src/booking/remove-event.js';
import { RescheduleBooking } from '../../src/booking/reschedule-booking.js';
import { ResumeBooking } from '../../src/booking/resume-booking.js';
import { SettleBooking } from '../../src/booking/settle-booking.js';
import { UnfinishedBooking } from '../../src/booking/unfinished-booking.js';
import { WriteEvent } from '../../src/booking/write-event.js';
import type { Calendar } from '../../src/calendars/calendar.js';
import type { RemoteEvent } from '../../src/calendars/calendar-provider.js';
import { CalendarWrites } from '../../src/calendars/calendar-writes.js';
import type { Configuration } from '../../src/configurations/configuration.js';
import { ConnectedAccounts } from '../../src/oauth/connected-accounts.js';
import { ReauthLinks } from '../../src/oauth/reauth-links.js';
import type { Failure } from '../../src/shared/failure.js';
import { Signer } from '../../src/shared/signer.js';
import type { Interval } from '../../src/shared/time.js';
import { InMemoryBookingTables } from '../fakes/in-memory-booking-tables.js';
import { InMemoryBookings } from '../fakes/in-memory-bookings.js';
import type { ProviderFault } from '../fakes/in-memory-calendar-provider.js';
import { InMemoryComparisons } from '../fakes/in-memory-comparisons.js';
import { InMemoryHolds } from '../fakes/in-memory-holds.js';
import { InMemoryWriteTurns } from '../fakes/in-memory-write-turns.js';
import { aBooking } from './a-booking.js';
import { aFailure } from './a-failure.js';
import { availabilityBench } from './availability-bench.js';

const MINUTE_MS = 60_000;
/** Wednesday 10 March 2027, ten in the morning: two days from now. */
const TEN = Date.UTC(2027, 2, 10, 10);

/** Minutes after ten o'clock of the day after tomorrow. */
export const time = (from: number, to = from + 30): Interval => ({
  startAt: TEN + from * MINUTE_MS,
  endAt: TEN + to * MINUTE_MS,
});

/** All of booking over fakes: one configuration over `size` calendars, "Main" is booked into. */
export async function bookingBench(fields: Partial<Configuration> = {}, size = 2) {
  const bench = await availabilityBench(fields, size);
  const { provider, calls, calendars, connections, configurations, clock, config, ids, log } = bench;
  const tables = new InMemoryBookingTables(clock);
  const bookings = new InMemoryBookings(tables);
  const holds = new InMemoryHolds(tables);
  const comparisons = new InMemoryComparisons();
  const research = new SlotResearch(bench.readBusy, tables);
  const accounts = new ConnectedAccounts(
    connections,
    new ReauthLinks(config, new Signer(config.encryptionKeys), clock),
  );
  const writes = new CalendarWrites(calls, new InMemoryWriteTurns(clock));
  const placeEvent = new PlaceEvent(provider, writes, calls, bookings, log);
  const removeEvent = new RemoveEvent(provider, writes, calendars, bookings, log);
  const writeEvent = new WriteEvent(placeEvent, removeEvent, bookings, log);
  const giveUp = new GiveUpBooking(placeEvent, bookings, log);
  const unfinished = new UnfinishedBooking(writeEvent, removeEvent, giveUp, calendars, clock);
  const limits = new BookingLimits(new FindAlternatives(research, clock), bookings, clock, config);
  const heldTime = new HeldTime(holds);
  const rules = new BookingRules(research, clock);
  const precheck = new BookingPrecheck(configurations, calendars, rules, accounts, heldTime);
  const freshCheck = new FreshCheck(research, accounts);
  const claimSlot = new ClaimSlot(bookings, holds);
  const settle = new SettleBooking(writeEvent, accounts);
  const moveBooking = new MoveBooking(freshCheck, claimSlot, settle, limits);
  const [main, other] = bench.fixture;
  if (main === undefined) throw new Error('The bench has no calendar.');

  /** A booking that stands in the tables, for half an hour from ten o'clock. */
  const given = (booking: Partial<Booking> = {}): Booking => {
    const { configuration } = bench;
    const place = {
      workspaceId: configuration.workspaceId,
      configurationId: configuration.id,
      calendarId: main.id,
    };
    return bookings.given(aBooking({ id: ids.next(), ...place, ...time(0), ...booking }));
  };

  return {
    ...bench,
    tables,
    bookings,
    holds,
    comparisons,
    research,
    writes,
    placeEvent,
    removeEvent,
    writeEvent,
    giveUp,
    unfinished,
    precheck,
    freshCheck,
    claimSlot,
    settle,
    main,
    other: other ?? main,
    book: new BookAppointment(precheck, freshCheck, claimSlot, settle, limits),
    cancel: new CancelBooking(bookings, removeEvent, limits),
    reschedule: new RescheduleBooking(bookings, precheck, moveBooking),
    resume: new ResumeBooking(bookings, precheck, freshCheck, settle, limits),
    hold: new HoldSlot(precheck, freshCheck, claimSlot, limits, ids),
    given,
    /** A confirmed booking, with its event. */
    stands: async (booking: Partial<Booking> = {}): Promise<Booking> => {
      const pending = given(booking);
      return writeEvent.execute(pending, main, bench.deadline(12_000), 'later');
    },
    wish: (differences: Partial<BookingWish> = {}): BookingWish => ({
      bookingId: ids.next(),
      holdId: null,
      startAt: TEN,
      durationMinutes: null,
      title: 'Check-up',
      description: null,
      attendee: { email: 'pat@example.com', name: null },
      ...differences,
    }),
    fail: (method: ProviderFault['method'], failure: Failure = aFailure(), times = Infinity): void =>
      provider.fail({ ...(method === undefined ? {} : { method }), failure, times }),
    eventOf: ({ eventId }: Pick<Booking, 'eventId'>, calendar: Calendar = main): RemoteEvent | null =>
      provider.eventIn(calendar.externalId, eventId),
    asked: (method: ProviderFault['method']): number =>
      provider.calls.filter((call) => call.method === method).length,
    stored: async ({ id }: Pick<Booking, 'id'>): Promise<Booking | null> => bookings.find(id, 'all'),
    /** From and to, in minutes after ten. */
    claimed: (): [number, number][] =>
      tables.claims.map(({ startAt, endAt }) => [(startAt - TEN) / MINUTE_MS, (endAt - TEN) / MINUTE_MS]),
  };
}

export type BookingBench = Awaited<ReturnType<typeof bookingBench>>;

import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import type { LiveWish } from '../calendars/live-busy.js';
import { ReadBusy, type CalendarRead } from '../calendars/read-busy.js';
import { slotIntervalOf, type Configuration } from '../configurations/configuration.js';
import { localDayOf, wholeUtcDays, type Instant, type Interval } from '../shared/time.js';
import { bookableDays, earliestStart, spanOf, type DayRange } from './bookable-days.js';
import { ClaimedTimes, type Claim } from './claimed-times.js';
import { dayWindows } from './day-windows.js';
import { freeSlots, type SlotSearch } from './free-slots.js';

const MINUTE_MS = 60_000;

/** Everything the rules leave open in a range of days, before any calendar is asked. */
export interface OpenTime {
  readonly search: Omit<SlotSearch, 'busy'>;
  /** The days asked for and the time around their slots, widened to days that can be remembered. */
  readonly window: Interval;
  /** False when the rules alone leave no slot. */
  readonly hasRoom: boolean;
  /** Every day that the rules leave open has reached its limit of bookings. */
  readonly isFull: boolean;
}

/** The parts of an availability search that booking needs as well, for alternatives and the fresh check. */
@Injectable()
export class SlotResearch {
  constructor(
    private readonly readBusy: ReadBusy,
    private readonly claimedTimes: ClaimedTimes,
  ) {}

  /** What the rules leave open, without the days that reached their limit of bookings. */
  async openTime(
    configuration: Configuration,
    range: DayRange,
    durationMinutes: number,
    now: Instant,
  ): Promise<OpenTime> {
    const zone = configuration.timezone;
    const full = await this.fullDays(configuration, range);
    const allowed = bookableDays(configuration, range, now);
    const days = allowed.filter(({ day }) => !full.has(day));
    const search = {
      windows: dayWindows(days, zone),
      durationMinutes,
      slotIntervalMinutes: slotIntervalOf(configuration),
      prepMinutes: configuration.prepTimeMinutes,
      bufferMinutes: configuration.bufferAfterMinutes,
      earliest: earliestStart(configuration, now),
    };
    const { startAt, endAt } = spanOf(range, zone);
    const window = {
      startAt: startAt - search.prepMinutes * MINUTE_MS,
      endAt: endAt + search.bufferMinutes * MINUTE_MS,
    };
    return {
      search,
      window: wholeUtcDays(window),
      hasRoom: freeSlots({ ...search, busy: [] }).length > 0,
      isFull: allowed.length > 0 && days.length === 0,
    };
  }

  /**
   * Local days of `range` on which the configuration takes no further booking.
   *
   * @param ownId of the booking that is to move, or of the hold that is to be spent: it has its place already
   */
  async fullDays(
    configuration: Configuration,
    range: DayRange,
    ownId: string | null = null,
  ): Promise<ReadonlySet<number>> {
    const { maxBookingsPerDay, timezone, id } = configuration;
    if (maxBookingsPerDay === null) return new Set();
    const owners = new Map<number, Set<string>>();
    for (const { ownerId, startAt } of await this.claimedTimes.places(id, spanOf(range, timezone))) {
      const day = localDayOf(startAt, timezone);
      if (ownerId !== ownId) owners.set(day, (owners.get(day) ?? new Set()).add(ownerId));
    }
    return new Set([...owners].filter(([, { size }]) => size >= maxBookingsPerDay).map(([day]) => day));
  }

  /** The calendars, read as the configuration's policy allows, and what this service itself has given away. */
  async known(
    configuration: Configuration,
    calendars: readonly Calendar[],
    wish: LiveWish,
  ): Promise<{ reads: CalendarRead[]; claims: Claim[] }> {
    const { onUnverified, lastKnownMaxAgeMinutes } = configuration;
    const lastKnownMaxAgeMs = onUnverified === 'last_known' ? lastKnownMaxAgeMinutes * MINUTE_MS : null;
    const ids = calendars.map(({ id }) => id);
    const [reads, claims] = await Promise.all([
      this.readBusy.execute({ ...wish, calendars, lastKnownMaxAgeMs }),
      this.claimedTimes.overlapping(ids, wish.window),
    ]);
    return { reads, claims };
  }
}

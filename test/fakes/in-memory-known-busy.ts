import { KnownBusy, type KnownBusyTimes } from '../../src/calendars/known-busy.js';
import {
  intersection,
  merged,
  utcDay,
  utcDayOf,
  type Instant,
  type Interval,
} from '../../src/shared/time.js';

interface KnownDay {
  readonly calendarId: string;
  readonly day: number;
  readonly busy: readonly Interval[];
  readonly readAt: Instant;
}

export class InMemoryKnownBusy extends KnownBusy {
  readonly #days = new Map<string, KnownDay>();

  /** `now` decides which days are over. */
  constructor(private readonly now: () => Instant = () => 0) {
    super();
  }

  async remember(
    reads: ReadonlyMap<string, readonly Interval[]>,
    window: Interval,
    readAt: Instant,
  ): Promise<void> {
    for (const [calendarId, busy] of reads)
      for (const day of daysOf(window)) {
        const key = `${calendarId} ${day}`;
        if ((this.#days.get(key)?.readAt ?? -Infinity) >= readAt) continue;
        const parts = busy.flatMap((period) => intersection(period, utcDay(day)) ?? []);
        this.#days.set(key, { calendarId, day, busy: parts, readAt });
      }
  }

  async recall(
    calendarIds: readonly string[],
    window: Interval,
    notBefore: Instant,
  ): Promise<ReadonlyMap<string, KnownBusyTimes>> {
    const wanted = new Set(daysOf(window));
    const known = new Map<string, KnownBusyTimes>();
    for (const id of calendarIds) {
      const days = [...this.#days.values()].filter(
        ({ calendarId, day, readAt }) => calendarId === id && wanted.has(day) && readAt >= notBefore,
      );
      if (days.length === 0) continue;
      known.set(id, {
        busy: merged(days.flatMap(({ busy }) => busy)),
        covered: merged(days.map(({ day }) => utcDay(day))),
        asOf: Math.min(...days.map(({ readAt }) => readAt)),
      });
    }
    return known;
  }

  async removePast(): Promise<number> {
    const yesterday = utcDayOf(this.now()) - 1;
    const past = [...this.#days].filter(([, { day }]) => day < yesterday);
    for (const [key] of past) this.#days.delete(key);
    return past.length;
  }
}

function daysOf({ startAt, endAt }: Interval): number[] {
  const days: number[] = [];
  for (let day = utcDayOf(startAt); day < utcDayOf(endAt); day += 1) days.push(day);
  return days;
}

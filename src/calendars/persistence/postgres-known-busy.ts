import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { grouped } from '../../shared/grouped.js';
import { intersection, merged, utcDay, utcDayOf, type Instant, type Interval } from '../../shared/time.js';
import { KnownBusy, type KnownBusyTimes } from '../known-busy.js';
import { BusyDayEntity } from './busy-day.entity.js';

interface DayRow {
  readonly calendar_id: string;
  readonly day: number;
  readonly busy: readonly string[];
  readonly read_at: Date;
}

/** Rows are written in key order, so that two requests that learn of the same calendars cannot deadlock. */
const REMEMBER = `
  INSERT INTO busy_days AS d (calendar_id, day, busy, read_at)
  SELECT calendar_id, day, ('{' || busy || '}')::bigint[], to_timestamp($4::float8 / 1000)
  FROM unnest($1::uuid[], $2::int[], $3::text[]) AS t (calendar_id, day, busy)
  JOIN calendars c ON c.id = t.calendar_id
  ORDER BY calendar_id, day
  ON CONFLICT ON CONSTRAINT pk_busy_days DO UPDATE SET busy = excluded.busy, read_at = excluded.read_at
  WHERE d.read_at < excluded.read_at`;

const RECALL = `
  SELECT calendar_id, day, busy, read_at FROM busy_days
  WHERE calendar_id = ANY ($1) AND day >= $2 AND day < $3 AND read_at >= to_timestamp($4::float8 / 1000)
  ORDER BY calendar_id, day`;

@Injectable()
export class PostgresKnownBusy extends KnownBusy {
  constructor(@InjectRepository(BusyDayEntity) private readonly rows: Repository<BusyDayEntity>) {
    super();
  }

  async remember(
    reads: ReadonlyMap<string, readonly Interval[]>,
    window: Interval,
    readAt: Instant,
  ): Promise<void> {
    const ids: string[] = [];
    const days: number[] = [];
    const busyTexts: string[] = [];
    for (const [id, busy] of reads)
      for (const [day, texts] of busyByDay(busy, window)) {
        ids.push(id);
        days.push(day);
        busyTexts.push(texts.join(','));
      }
    if (ids.length > 0) await this.rows.query(REMEMBER, [ids, days, busyTexts, readAt]);
  }

  async recall(
    calendarIds: readonly string[],
    window: Interval,
    notBefore: Instant,
  ): Promise<ReadonlyMap<string, KnownBusyTimes>> {
    const range = [utcDayOf(window.startAt), utcDayOf(window.endAt)];
    const rows: DayRow[] = await this.rows.query(RECALL, [[...calendarIds], ...range, notBefore]);
    const byCalendar = grouped(rows, (row) => row.calendar_id);
    return new Map([...byCalendar].map(([id, days]) => [id, timesOf(days)]));
  }

  async removePast(): Promise<number> {
    const past = `DELETE FROM busy_days WHERE day < floor(extract(epoch FROM now()) / 86400) - 1`;
    const [, count]: [unknown[], number] = await this.rows.query(past);
    return count;
  }
}

/** Every day of the window, also the empty ones: that nothing is busy is knowledge too. */
function busyByDay(busy: readonly Interval[], window: Interval): Map<number, number[]> {
  const byDay = new Map<number, number[]>();
  for (let day = utcDayOf(window.startAt); day < utcDayOf(window.endAt); day += 1) byDay.set(day, []);
  for (const period of busy)
    for (let day = utcDayOf(period.startAt); day <= utcDayOf(period.endAt - 1); day += 1) {
      const part = intersection(period, utcDay(day));
      if (part !== null) byDay.get(day)?.push(part.startAt, part.endAt);
    }
  return byDay;
}

function timesOf(days: readonly DayRow[]): KnownBusyTimes {
  const busy = days.flatMap((row) => pairs(row.busy.map(Number)));
  const covered = merged(days.map((row) => utcDay(row.day)));
  return { busy: merged(busy), covered, asOf: Math.min(...days.map((row) => row.read_at.getTime())) };
}

function pairs(numbers: readonly number[]): Interval[] {
  const intervals: Interval[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2)
    intervals.push({ startAt: numbers[i] ?? 0, endAt: numbers[i + 1] ?? 0 });
  return intervals;
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { WriteTurns } from '../write-turns.js';

/** Google names no figure. A person's calendar gets this many at once, and then four a second. */
const BURST = 8;
const GAP_MS = 250;

/**
 * `idle_at` is when the calendar will have had all the time that its writes are due; a write may come up to a burst
 * ahead of it (the generic cell rate algorithm). A turn that is too far away changes nothing.
 */
const TAKE = `
  WITH pace AS (SELECT interval '1 millisecond' * ${GAP_MS} AS gap, interval '1 millisecond' * ${GAP_MS * BURST} AS ahead)
  INSERT INTO calendar_writes AS w (remote_calendar, idle_at)
  SELECT n.provider || '/' || lower(c.external_id), now() + pace.gap
  FROM pace, calendars c JOIN connections n ON n.id = c.connection_id WHERE c.id = $1
  ON CONFLICT (remote_calendar) DO UPDATE SET idle_at = greatest(w.idle_at, now()) + (SELECT gap FROM pace)
    WHERE w.idle_at + (SELECT gap - ahead FROM pace) <= now() + $2 * interval '1 millisecond'
  RETURNING greatest(0, extract(epoch FROM idle_at - (SELECT ahead FROM pace) - now()) * 1000)::float8 AS "waitMs"`;

@Injectable()
export class PostgresWriteTurns extends WriteTurns {
  constructor(@InjectDataSource() private readonly database: DataSource) {
    super();
  }

  async take(calendarId: string, limitMs: number): Promise<number | null> {
    const [turn]: { waitMs: number }[] = await this.database.query(TAKE, [calendarId, limitMs]);
    return turn === undefined ? null : Math.ceil(turn.waitMs);
  }
}

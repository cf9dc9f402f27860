import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { remoteCalendar } from '../../calendars/calendars.module.js';
import type { Interval } from '../../shared/time.js';
import { ClaimedTimes, type Claim, type Place } from '../claimed-times.js';

/**
 * A calendar that several accounts of the workspace list is one calendar. Holds that ran out do not count: no
 * sweep is needed for that to be true.
 */
const OVERLAPPING = `
  SELECT asked.id AS calendar_id, coalesce(booking_id, hold_id) AS owner_id,
    lower(during) AS start_at, upper(during) AS end_at
  FROM calendars asked JOIN connections n ON n.id = asked.connection_id
    JOIN slot_claims ON remote_calendar = ${remoteCalendar('asked', 'n')}
  WHERE asked.id = ANY ($1) AND (hold_expires_at IS NULL OR hold_expires_at > now())
    AND during && tstzrange(to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000))`;

/** A booking that moves has a place on both days: it may have to go back. The same is counted by each claim itself. */
const PLACES = `
  WITH span AS (SELECT to_timestamp($2::float8 / 1000) AS from, to_timestamp($3::float8 / 1000) AS to)
  SELECT id, start_at FROM bookings, span
  WHERE configuration_id = $1 AND status IN ('pending', 'confirmed', 'cancelling')
    AND start_at >= span.from AND start_at < span.to
  UNION ALL
  SELECT id, moved_from_start_at FROM bookings, span
  WHERE configuration_id = $1 AND status = 'pending'
    AND moved_from_start_at >= span.from AND moved_from_start_at < span.to
  UNION ALL
  SELECT id, start_at FROM holds, span
  WHERE configuration_id = $1 AND expires_at > now() AND start_at >= span.from AND start_at < span.to`;

interface ClaimRow {
  readonly calendar_id: string;
  readonly owner_id: string;
  readonly start_at: Date;
  readonly end_at: Date;
}

/** Reads the tables that src/booking/ writes: what is given away is one truth, kept in one place. */
@Injectable()
export class PostgresClaimedTimes extends ClaimedTimes {
  constructor(@InjectDataSource() private readonly database: DataSource) {
    super();
  }

  async overlapping(calendarIds: readonly string[], { startAt, endAt }: Interval): Promise<Claim[]> {
    const rows: ClaimRow[] = await this.database.query(OVERLAPPING, [[...calendarIds], startAt, endAt]);
    return rows.map((row) => ({
      calendarId: row.calendar_id,
      ownerId: row.owner_id,
      startAt: row.start_at.getTime(),
      endAt: row.end_at.getTime(),
    }));
  }

  async places(configurationId: string, { startAt, endAt }: Interval): Promise<Place[]> {
    const rows: { id: string; start_at: Date }[] = await this.database.query(PLACES, [
      configurationId,
      startAt,
      endAt,
    ]);
    return rows.map((row) => ({ ownerId: row.id, startAt: row.start_at.getTime() }));
  }
}

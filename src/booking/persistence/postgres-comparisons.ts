import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { Comparisons } from '../comparisons.js';
import { CalendarComparisonEntity } from './calendar-comparison.entity.js';

/** Whoever dies over a comparison leaves it to be done as planned. With jitter, so that calendars spread. */
const AS_PLANNED = `now() + interval '10 minutes' * (0.9 + 0.2 * random())`;

const TAKE_DUE = `
  WITH ahead AS (SELECT DISTINCT calendar_id FROM bookings WHERE status = 'confirmed' AND end_at > now()),
  due AS MATERIALIZED (
    SELECT a.calendar_id FROM ahead a LEFT JOIN calendar_comparisons c ON c.calendar_id = a.calendar_id
    WHERE c.due_at IS NULL OR c.due_at <= now() ORDER BY c.due_at NULLS LAST LIMIT $1
  ), taken AS (
    INSERT INTO calendar_comparisons AS c (calendar_id, due_at) SELECT calendar_id, ${AS_PLANNED} FROM due
    ON CONFLICT (calendar_id) DO UPDATE SET due_at = excluded.due_at WHERE c.due_at <= now()
    RETURNING calendar_id
  )
  SELECT calendar_id AS id FROM taken`;

const COMPARED = `
  UPDATE calendar_comparisons SET compared_at = now(), failures = 0, due_at = ${AS_PLANNED} WHERE calendar_id = $1`;

const FAILED = `
  UPDATE calendar_comparisons SET failures = failures + 1,
    due_at = now() + interval '1 minute' * least(10, 2 ^ least(failures, 8)) WHERE calendar_id = $1`;

const HASTEN = `
  INSERT INTO calendar_comparisons (calendar_id, due_at) VALUES ($1, now())
  ON CONFLICT (calendar_id) DO UPDATE SET due_at = now()`;

const AHEAD = `
  SELECT DISTINCT calendar_id AS id FROM bookings
  WHERE status = 'confirmed' AND end_at > now() AND ($1::uuid IS NULL OR workspace_id = $1)`;

@Injectable()
export class PostgresComparisons extends Comparisons {
  constructor(
    @InjectRepository(CalendarComparisonEntity) private readonly rows: Repository<CalendarComparisonEntity>,
  ) {
    super();
  }

  async takeDue(limit: number): Promise<string[]> {
    return idsOf(await this.rows.query(TAKE_DUE, [limit]));
  }

  async settle(calendarId: string, outcome: 'compared' | 'failed'): Promise<void> {
    await this.rows.query(outcome === 'compared' ? COMPARED : FAILED, [calendarId]);
  }

  async hasten(calendarId: string): Promise<void> {
    await this.rows.query(HASTEN, [calendarId]);
  }

  async calendarsAhead(scope: WorkspaceScope): Promise<string[]> {
    return idsOf(await this.rows.query(AHEAD, [scope === 'all' ? null : scope.workspaceId]));
  }
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

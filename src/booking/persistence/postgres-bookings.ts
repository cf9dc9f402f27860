import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import type { Failure } from '../../shared/failure.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Interval } from '../../shared/time.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { eventIdOf, type Booking, type NewBooking } from '../booking.js';
import { Bookings, type BookingFilter } from '../bookings.js';
import { BookingEntity } from './booking.entity.js';
import * as sql from './booking-statements.js';

/** Longer than a booking request may take: until then the request itself is at work on it. */
const FIRST_RECONCILIATION_MS = 30_000;

@Injectable()
export class PostgresBookings extends Bookings {
  constructor(@InjectRepository(BookingEntity) private readonly rows: Repository<BookingEntity>) {
    super();
  }

  async claim(booking: NewBooking, claim: Interval): Promise<Booking | null> {
    return this.#changed(sql.CLAIM, [
      booking.id,
      booking.workspaceId,
      booking.configurationId,
      booking.calendarId,
      booking.configName,
      booking.startAt,
      booking.endAt,
      booking.timezone,
      booking.title,
      booking.description,
      booking.attendee.email,
      booking.attendee.name,
      booking.meetingType,
      booking.meetingLink,
      booking.meetingAddress,
      booking.createMeetLink,
      booking.eventId,
      booking.eventGeneration,
      FIRST_RECONCILIATION_MS,
      claim.startAt,
      claim.endAt,
    ]);
  }

  async find(id: string, scope: WorkspaceScope): Promise<Booking | null> {
    const row = await this.rows.findOneBy({
      id,
      ...(scope === 'all' ? {} : { workspaceId: scope.workspaceId }),
    });
    return row && bookingOfRow(row);
  }

  async list(scope: WorkspaceScope, filter: BookingFilter, page: PageQuery): Promise<Page<Booking>> {
    const query = this.rows
      .createQueryBuilder('b')
      .where(scope === 'all' ? {} : { workspaceId: scope.workspaceId });
    const { configurationId, status, from, to } = filter;
    if (configurationId !== null)
      query.andWhere('b.configuration_id = :configurationId', { configurationId });
    if (status !== null) query.andWhere('b.status = :status', { status });
    if (from !== null) query.andWhere('b.start_at >= to_timestamp(:from::float8 / 1000)', { from });
    if (to !== null) query.andWhere('b.start_at < to_timestamp(:to::float8 / 1000)', { to });
    return paginate(query, page, bookingOfRow);
  }

  async confirm(id: string, meetingLink: string | null): Promise<Booking | null> {
    return this.#changed(sql.CONFIRM, [id, meetingLink]);
  }

  async fail(id: string, failure: Failure): Promise<Booking | null> {
    return this.#changed(sql.FAIL, [id, JSON.stringify(failure)]);
  }

  async nextGeneration(id: string, from: number): Promise<Booking | null> {
    return this.#changed(sql.NEXT_GENERATION, [id, from, eventIdOf(id, from + 1)]);
  }

  async startCancelling(id: string, reason: string | null): Promise<Booking | null> {
    return this.#changed(sql.START_CANCELLING, [id, reason]);
  }

  async finishCancelling(id: string): Promise<Booking | null> {
    return this.#changed(sql.FINISH_CANCELLING, [id]);
  }

  async postpone(id: string, failure: Failure): Promise<Booking | null> {
    return this.#changed(sql.POSTPONE, [id, JSON.stringify(failure)]);
  }

  async takeDue(limit: number): Promise<Booking[]> {
    const due: { id: string }[] = await this.rows.query(sql.TAKE_DUE, [limit]);
    const rows = due.length === 0 ? [] : await this.rows.findBy({ id: In(due.map(({ id }) => id)) });
    return rows.map(bookingOfRow);
  }

  async countUpcoming(calendarIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows: { calendar_id: string; count: number }[] = await this.rows.query(sql.COUNT_UPCOMING, [
      [...calendarIds],
    ]);
    return new Map(rows.map((row) => [row.calendar_id, row.count]));
  }

  /** Runs a statement that answers the id of the row it changed, and reads that row. */
  async #changed(statement: string, values: unknown[]): Promise<Booking | null> {
    const [changed]: { id: string }[] = await this.rows.query(statement, values);
    return changed === undefined ? null : this.find(changed.id, 'all');
  }
}

function bookingOfRow(entity: BookingEntity): Booking {
  const { attendeeEmail, attendeeName, attempts: _attempts, nextAttemptAt: _nextAttemptAt, ...row } = entity;
  return { ...row, attendee: { email: attendeeEmail, name: attendeeName } };
}

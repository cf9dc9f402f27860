import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { entityOf } from '../../shared/columns.js';
import { Config } from '../../shared/config.js';
import type { Failure } from '../../shared/failure.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Instant, Interval } from '../../shared/time.js';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import type { ClaimTerms } from '../bookable.js';
import { eventIdOf, type Booking, type NewBooking } from '../booking.js';
import { Bookings, type BookingFilter, type Refused } from '../bookings.js';
import { bookingOfRow, claimValues, termValues } from './booking-of-row.js';
import * as sql from './booking-statements.js';
import { BookingEntity } from './booking.entity.js';
import { CLAIM, START_MOVING, type ClaimRow } from './claim-statements.js';

/** What is left of a request once its deadline has passed. */
const AFTER_DEADLINE_MS = 5000;

@Injectable()
export class PostgresBookings extends Bookings {
  constructor(
    @InjectRepository(BookingEntity) private readonly rows: Repository<BookingEntity>,
    private readonly ids: Ids,
    private readonly config: Config,
  ) {
    super();
  }

  async claim(booking: NewBooking, terms: ClaimTerms, holdId: string | null): Promise<Booking | Refused> {
    const values = claimValues(booking, terms, holdId, this.#firstAttemptMs());
    const { claimedAt, obstacle } = await this.#claimed(CLAIM, values);
    if (claimedAt === null) return obstacle ?? 'taken';
    return { ...booking, ...NOTHING_HAPPENED, createdAt: claimedAt };
  }

  async startMoving(
    booking: Booking,
    to: Interval,
    terms: ClaimTerms,
  ): Promise<Booking | Refused | 'not_confirmed'> {
    const { claimedAt, obstacle, movable } = await this.#claimed(START_MOVING, [
      booking.id,
      this.ids.next(),
      to.startAt,
      to.endAt,
      terms.needed.startAt,
      terms.needed.endAt,
      this.#firstAttemptMs(),
      ...termValues(terms),
    ]);
    if (movable === false) return 'not_confirmed';
    if (claimedAt === null) return obstacle ?? 'taken';
    const movedFrom = { startAt: booking.startAt, endAt: booking.endAt };
    return { ...booking, status: 'pending', ...to, movedFrom, failure: null };
  }

  async find(id: string, scope: WorkspaceScope): Promise<Booking | null> {
    const row = await this.rows.findOneBy({
      id,
      ...ofWorkspace(scope),
    });
    return row && bookingOfRow(row);
  }

  async list(scope: WorkspaceScope, filter: BookingFilter, page: PageQuery): Promise<Page<Booking>> {
    const query = this.rows.createQueryBuilder('b').where(ofWorkspace(scope));
    const { configurationId, status, from, to } = filter;
    if (configurationId !== null)
      query.andWhere('b.configuration_id = :configurationId', { configurationId });
    if (status !== null) query.andWhere('b.status = :status', { status });
    if (from !== null) query.andWhere('b.start_at >= to_timestamp(:from::float8 / 1000)', { from });
    if (to !== null) query.andWhere('b.start_at < to_timestamp(:to::float8 / 1000)', { to });
    return paginate(query, page, bookingOfRow);
  }

  async findTwin(configurationId: string, startAt: Instant, email: string): Promise<Booking | null> {
    return this.#changed(sql.TWIN, [configurationId, startAt, email]);
  }

  async confirm(booking: Booking, meetingLink: string | null): Promise<Booking | null> {
    return this.#changed(sql.CONFIRM, [...asSeen(booking), meetingLink]);
  }

  async fail(booking: Booking, failure: Failure): Promise<Booking | null> {
    return this.#changed(sql.FAIL, [...asSeen(booking), JSON.stringify(failure)]);
  }

  async undoMove(booking: Booking, failure: Failure): Promise<Booking | null> {
    return this.#changed(sql.UNDO_MOVE, [...asSeen(booking), JSON.stringify(failure)]);
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

  async swept(id: string): Promise<void> {
    await this.rows.query(sql.SWEPT, [id]);
  }

  async takeDue(limit: number): Promise<Booking[]> {
    const due: Row[] = await this.rows.query(sql.TAKE_DUE, [limit]);
    return due.map((row) => this.#bookingOf(row));
  }

  async countUpcoming(calendarIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows: { calendar_id: string; count: number }[] = await this.rows.query(sql.COUNT_UPCOMING, [
      [...calendarIds],
    ]);
    return new Map(rows.map((row) => [row.calendar_id, row.count]));
  }

  async #claimed(statement: string, values: unknown[]): Promise<ClaimRow> {
    const [row]: ClaimRow[] = await this.rows.query(statement, values);
    return row ?? { claimedAt: null, obstacle: null };
  }

  /** Runs a statement that answers with the row it changed. */
  async #changed(statement: string, values: unknown[]): Promise<Booking | null> {
    const [changed]: Row[] = await this.rows.query(statement, values);
    return changed === undefined ? null : this.#bookingOf(changed);
  }

  #bookingOf(row: Row): Booking {
    return bookingOfRow(entityOf(this.rows, row));
  }

  /** Until then the request itself is at work on the booking. */
  #firstAttemptMs(): number {
    return this.config.bookingDeadlineMs + AFTER_DEADLINE_MS;
  }
}

type Row = Readonly<Record<string, unknown>>;

const NOTHING_HAPPENED = { status: 'pending', movedFrom: null, cancelReason: null, failure: null } as const;

function asSeen({ id, startAt, endAt, eventId }: Booking): unknown[] {
  return [id, startAt, endAt, eventId];
}

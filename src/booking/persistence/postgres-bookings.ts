import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository, type EntityManager } from 'typeorm';
import { found } from '../../shared/app-error.js';
import { Config } from '../../shared/config.js';
import type { Failure } from '../../shared/failure.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Instant, Interval } from '../../shared/time.js';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import type { DayLimit } from '../bookable.js';
import { eventIdOf, type Booking, type NewBooking } from '../booking.js';
import { Bookings, type BookingFilter, type ClaimTerms, type Refused } from '../bookings.js';
import { bookingOfRow, claimValues, dayValues } from './booking-of-row.js';
import * as sql from './booking-statements.js';
import { BookingEntity } from './booking.entity.js';
import { CLAIM, START_MOVING } from './claim-statements.js';

/** What is left of a request once its deadline has passed. */
const AFTER_DEADLINE_MS = 5000;

interface Claimed {
  readonly id: string | null;
  readonly has_room: boolean;
  readonly movable?: boolean;
}

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
    const { id, has_room: hasRoom } = await this.#claimed(CLAIM, values, terms.dayLimit);
    return id === null ? refused(hasRoom) : found(await this.find(id, 'all'));
  }

  async startMoving(
    booking: Booking,
    to: Interval,
    terms: ClaimTerms,
  ): Promise<Booking | Refused | 'not_confirmed'> {
    const {
      id,
      has_room: hasRoom,
      movable,
    } = await this.#claimed(
      START_MOVING,
      [
        booking.id,
        this.ids.next(),
        to.startAt,
        to.endAt,
        terms.needed.startAt,
        terms.needed.endAt,
        ...dayValues(terms.dayLimit),
        this.#firstAttemptMs(),
      ],
      terms.dayLimit,
    );
    if (movable === false) return 'not_confirmed';
    return id === null ? refused(hasRoom) : found(await this.find(id, 'all'));
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

  /** Racers for the last place of a day wait for each other here: counting alone would let all of them in. */
  async #claimed(statement: string, values: unknown[], limit: DayLimit | null): Promise<Claimed> {
    const claim = async ({ query }: Pick<EntityManager, 'query'>): Promise<Claimed> => {
      const [row]: Claimed[] = await query(statement, values);
      return row ?? { id: null, has_room: true };
    };
    if (limit === null) return claim({ query: (...args) => this.rows.query(...args) });
    return this.rows.manager.transaction(async (transaction) => {
      await transaction.query(DAY_LOCK, [`${limit.configurationId} ${limit.startAt}`]);
      return claim({ query: (...args) => transaction.query(...args) });
    });
  }

  /** Runs a statement that answers the id of a row, and reads that row. */
  async #changed(statement: string, values: unknown[]): Promise<Booking | null> {
    const [changed]: { id: string }[] = await this.rows.query(statement, values);
    return changed === undefined ? null : this.find(changed.id, 'all');
  }

  /** Until then the request itself is at work on the booking. */
  #firstAttemptMs(): number {
    return this.config.bookingDeadlineMs + AFTER_DEADLINE_MS;
  }
}

const DAY_LOCK = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))';

function refused(hasRoom: boolean): Refused {
  return hasRoom ? 'taken' : 'day_full';
}

function asSeen({ id, startAt, endAt, eventId }: Booking): unknown[] {
  return [id, startAt, endAt, eventId];
}

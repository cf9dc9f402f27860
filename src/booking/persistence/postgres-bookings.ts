import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { entityOf } from '../../shared/columns.js';
import { Config } from '../../shared/config.js';
import { databaseOutage, violatedConstraint } from '../../shared/database-errors.js';
import type { Failure } from '../../shared/failure.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Instant, Interval } from '../../shared/time.js';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import type { ClaimTerms } from '../bookable.js';
import { IdempotencyInProgress } from '../booking.errors.js';
import { eventIdOf, type Booking, type NewBooking } from '../booking.js';
import {
  Bookings,
  type BookingFilter,
  type ConflictingBookings,
  type Refused,
  type UpcomingBookings,
} from '../bookings.js';
import { ATTEMPT_MS } from '../unfinished-booking.js';
import { bookingOfRow, claimValues, termValues } from './booking-of-row.js';
import * as sql from './booking-statements.js';
import { BookingEntity } from './booking.entity.js';
import { CLAIM, claimOf, START_MOVING, type ClaimRow } from './claim-statements.js';

/** What a request, or a step of the reconciliation, may still do once its deadline has passed. */
const AFTER_DEADLINE_MS = 3000;

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
    return this.#certain(booking.id, isNew, async () => {
      const { claimedAt, obstacle } = await this.#claimed(CLAIM, values).catch(inProgress);
      if (claimedAt === null) return obstacle ?? 'taken';
      return { ...booking, ...NOTHING_HAPPENED, createdAt: claimedAt };
    });
  }

  async startMoving(
    booking: Booking,
    to: Interval,
    terms: ClaimTerms,
  ): Promise<Booking | Refused | 'not_confirmed'> {
    const values = [
      booking.id,
      this.ids.next(),
      to.startAt,
      to.endAt,
      terms.needed.startAt,
      terms.needed.endAt,
      this.#firstAttemptMs(),
      ...termValues(terms),
    ];
    const isMoving = ({ status, startAt }: Booking): boolean =>
      status === 'pending' && startAt === to.startAt;
    return this.#certain(booking.id, isMoving, async (): Promise<Booking | Refused | 'not_confirmed'> => {
      const { claimedAt, obstacle, movable } = await this.#claimed(START_MOVING, values);
      if (movable === false) return 'not_confirmed';
      if (claimedAt === null) return obstacle ?? 'taken';
      const movedFrom = { startAt: booking.startAt, endAt: booking.endAt };
      return { ...booking, ...NOTHING_HAPPENED, ...to, movedFrom };
    });
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
    return this.#changed(sql.START_CANCELLING, [id, reason, this.#firstAttemptMs()]);
  }

  async finishCancelling(id: string): Promise<Booking | null> {
    return this.#changed(sql.FINISH_CANCELLING, [id]);
  }

  async standing(calendarId: string, limit: number): Promise<Booking[]> {
    const rows: Row[] = await this.rows.query(sql.STANDING, [calendarId, limit]);
    return rows.map((row) => this.#bookingOf(row));
  }

  async followMove(booking: Booking, to: Interval): Promise<Booking | null> {
    return this.#changed(sql.FOLLOW_MOVE, [...asSeen(booking), to.startAt, to.endAt, this.ids.next()]);
  }

  async followDeletion(booking: Booking): Promise<Booking | null> {
    return this.#changed(sql.FOLLOW_DELETION, [...asSeen(booking), DELETED_BY_HAND]);
  }

  async noteConflict(booking: Booking, isConflict: boolean): Promise<Booking | null> {
    return this.#changed(sql.NOTE_CONFLICT, [...asSeen(booking), isConflict]);
  }

  async noteMeetLink(booking: Booking, meetLink: string): Promise<Booking | null> {
    return this.#changed(sql.NOTE_MEET_LINK, [...asSeen(booking), meetLink]);
  }

  async postpone(id: string, failure: Failure): Promise<Booking | null> {
    return this.#changed(sql.POSTPONE, [id, JSON.stringify(failure)]);
  }

  async swept(id: string): Promise<void> {
    await this.rows.query(sql.SWEPT, [id]);
  }

  async postponeSweep(id: string): Promise<void> {
    await this.rows.query(sql.POSTPONE_SWEEP, [id]);
  }

  async takeDue(limit: number, busyCalendarIds: readonly string[]): Promise<Booking[]> {
    const values = [limit, [...busyCalendarIds], ATTEMPT_MS + AFTER_DEADLINE_MS];
    const due: Row[] = await this.rows.query(sql.TAKE_DUE, values);
    return due.map((row) => this.#bookingOf(row));
  }

  async countUpcoming(calendarIds: readonly string[]): Promise<ReadonlyMap<string, UpcomingBookings>> {
    const rows: { calendar_id: string; count: number; last_at: Date }[] = await this.rows.query(
      sql.COUNT_UPCOMING,
      [[...calendarIds]],
    );
    return new Map(
      rows.map(({ calendar_id, count, last_at }) => [calendar_id, { count, lastAt: last_at.getTime() }]),
    );
  }

  async conflicts(scope: WorkspaceScope): Promise<ConflictingBookings[]> {
    return this.rows.query(sql.CONFLICTS, [scope === 'all' ? null : scope.workspaceId]);
  }

  /** F50: a connection that broke leaves open whether the statement counts. The row tells. */
  async #certain<T>(
    id: string,
    isDone: (booking: Booking) => boolean,
    claim: () => Promise<T>,
  ): Promise<T | Booking> {
    try {
      return await claim();
    } catch (error) {
      if (!databaseOutage(error)) throw error;
      const booking = await this.find(id, 'all').catch(() => null);
      if (booking !== null && isDone(booking)) return booking;
      throw error;
    }
  }

  async #claimed(statement: string, values: unknown[]): Promise<ClaimRow> {
    return claimOf(await this.rows.query(statement, values));
  }

  /**
   * Runs a statement that answers with the row it changed. It compares before it sets, so that it can be repeated
   * when a broken connection leaves open whether it counts (F50).
   */
  async #changed(statement: string, values: unknown[]): Promise<Booking | null> {
    const change = (): Promise<Row[]> => this.rows.query(statement, values);
    const [changed] = await change().catch((error: unknown) => {
      if (databaseOutage(error)) return change();
      throw error;
    });
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

/** Another run of the same request is making this booking: its key was taken to be left behind, and was not. */
function inProgress(error: unknown): never {
  if (DUPLICATES.has(violatedConstraint(error) ?? '')) throw new IdempotencyInProgress();
  throw error;
}

const DUPLICATES: ReadonlySet<string> = new Set(['pk_slot_claims', 'pk_bookings']);

type Row = Readonly<Record<string, unknown>>;

const isNew = ({ status }: Booking): boolean => status === 'pending';

const NOTHING_HAPPENED = {
  status: 'pending',
  movedFrom: null,
  cancelReason: null,
  failure: null,
  externalConflictSince: null,
  attempts: 0,
} as const;

const DELETED_BY_HAND = 'The event was deleted in the calendar.';

function asSeen({ id, startAt, endAt, eventId }: Booking): unknown[] {
  return [id, startAt, endAt, eventId];
}

import { Client } from 'pg';
import type { Effect, Endpoint, FaultSpec } from '../../src/sandbox/faults/fault.js';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { at, Caller, eventually, liveEvents, mainOf } from './booking-scene.js';
import { LENGTH, NEEDED, PLACES, type BookingModel, type Mood, type Quarter } from './booking-model.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { StandbyService } from './standby-service.js';
import { aWorld, control, type World } from './world.js';

const ENV = {
  LOG_LEVEL: 'warn',
  BOOKING_DEADLINE_MS: '4000',
  SCHEDULER_ENABLED: 'true',
  RECONCILE_CRON: '* * * * * *',
};
const CONFIGURATION = { timezone: 'UTC', buffer_after_minutes: 15, max_bookings_per_day: PLACES };
const QUARTER_MS = 15 * 60_000;
const NINE = Date.parse(at('09:00'));
const WRITES = ['events.insert', 'events.patch', 'events.delete'] as const;

const MOODS: Readonly<Record<Mood, readonly FaultSpec[]>> = {
  well: [],
  deaf: WRITES.map((endpoint) => ({ endpoint, effect: 'unavailable503' })),
  mute: WRITES.map((endpoint) => ({ endpoint, effect: { kind: 'reset', after: 'commit' } })),
  away: (['freeBusy', 'events'] as const).map((endpoint) => ({ endpoint, effect: 'unavailable503' })),
};

const APPOINTMENTS = `
  SELECT id, status, quarter(start_at) AS at, quarter(moved_from_start_at) AS "movedFrom",
    status = 'confirmed' AND external_conflict_since IS NOT NULL AS "inConflict",
    ARRAY(SELECT quarter(lower(during)) || '-' || quarter(upper(during)) FROM slot_claims
          WHERE booking_id = b.id ORDER BY 1) AS claims
  FROM bookings b WHERE workspace_id = $1 ORDER BY id`;
const HELD = `
  SELECT hold_id AS id, quarter(lower(during)) AS at FROM slot_claims c JOIN holds h ON h.id = c.hold_id
  WHERE workspace_id = $1 AND hold_expires_at > now() ORDER BY hold_id`;
const QUARTER = `
  CREATE FUNCTION quarter(instant timestamptz) RETURNS int LANGUAGE sql AS
  'SELECT (extract(epoch FROM instant) * 1000 - ${NINE})::float8 / ${QUARTER_MS}'`;

export const clock = (quarter: Quarter): string => new Date(NINE + quarter * QUARTER_MS).toISOString();

/** Where model and service meet: one process over one database and one stand-in for Google. */
export class ModelStage {
  static async open(): Promise<ModelStage> {
    const [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    const service = await StandbyService.start({ databaseUrl: database.url, google, env: ENV });
    const db = new Client({ connectionString: database.url });
    await db.connect();
    await db.query(QUARTER);
    return new ModelStage(database, google, service, db);
  }

  private constructor(
    private readonly database: TestDatabase,
    private readonly google: GoogleServer,
    private readonly service: StandbyService,
    private readonly db: Client,
  ) {}

  /** An empty calendar in a workspace of its own. */
  async play(): Promise<ModelPlay> {
    const options = { accounts: 1, configuration: CONFIGURATION };
    const world = await aWorld(this.service.current, this.google, options);
    return new ModelPlay(this.google, this.service, this.db, world);
  }

  async close(): Promise<void> {
    await this.service.kill();
    await this.db.end();
    await this.google.close();
    await this.database.drop();
  }
}

/** One client, one calendar, and the people who have it. */
export class ModelPlay {
  readonly caller: Caller;
  #faults: string[] = [];
  #keys = 0;

  constructor(
    private readonly google: GoogleServer,
    private readonly service: StandbyService,
    private readonly db: Client,
    private readonly world: World,
  ) {
    this.caller = new Caller(service, world);
  }

  newKey(): string {
    return `key ${(this.#keys += 1)}`;
  }

  turn(mood: Mood): void {
    for (const id of this.#faults) this.google.state.faults.remove(id);
    this.#faults = MOODS[mood].map((fault) => this.#fault(fault));
  }

  crash(): Promise<void> {
    return this.service.crash();
  }

  /** The process dies when Google was asked, and did what it was asked or not; its client learns nothing. */
  async crashDuring(endpoint: Endpoint, effect: Effect, ask: () => Promise<unknown>): Promise<void> {
    const calendar = mainOf(this.world);
    const id = this.#fault({ endpoint, effect });
    const asked = ask().catch(() => undefined);
    await eventually(async () => {
      const calls = this.google.state.requests.list({ endpoint, calendar });
      const isReached = calls.some(
        ({ faults, committed }) => faults.includes(id) && committed === (effect.kind === 'accept_then'),
      );
      if (!isReached) throw new Error(`${endpoint} was not reached`);
    });
    this.google.state.faults.remove(id);
    await this.service.crash();
    await asked;
    await this.#query('UPDATE idempotency_keys SET locked_until = now() WHERE workspace_id = $1');
  }

  /** What was left open is due now, until nothing of it is left. */
  async settle(): Promise<void> {
    await eventually(async () => {
      const open = await this.#query(
        `UPDATE bookings SET next_attempt_at = least(next_attempt_at, now())
         WHERE workspace_id = $1 AND status IN ('pending', 'cancelling') RETURNING id`,
      );
      if (open.length > 0) throw new Error(`${open.length} bookings are not settled`);
    });
  }

  /** Hands are followed now, and by no job in between. Quiet twice: one that was at it already may have been faster. */
  async compare(): Promise<void> {
    await this.#query(`
      INSERT INTO calendar_comparisons (calendar_id, due_at)
      SELECT id, now() + interval '1 hour' FROM calendars WHERE workspace_id = $1
      ON CONFLICT (calendar_id) DO UPDATE SET due_at = excluded.due_at`);
    for (let quiet = 0; quiet < 2; quiet += 1) if ((await this.#differences()).length > 0) quiet = 0;
    await this.#query(`UPDATE bookings SET settled_at = now() WHERE workspace_id = $1`);
  }

  async runOut(holdId: string): Promise<void> {
    const past = `now() - interval '1 second'`;
    await this.#query(`UPDATE holds SET expires_at = ${past} WHERE workspace_id = $1 AND id = $2`, holdId);
    await this.db.query(`UPDATE slot_claims SET hold_expires_at = ${past} WHERE hold_id = $1`, [holdId]);
  }

  writeByHand(id: string, start: Quarter, bookingId?: string): Promise<unknown> {
    const named = { extendedProperties: { private: { slotkeeper_booking_id: bookingId } } };
    return control(this.google, 'POST', this.#events(), {
      id,
      start: { dateTime: clock(start) },
      end: { dateTime: clock(start + LENGTH) },
      ...(bookingId === undefined ? {} : named),
    });
  }

  deleteByHand(id: string): Promise<unknown> {
    return control(this.google, 'DELETE', `${this.#events()}/${id}`);
  }

  async eventIdOf(bookingId: string): Promise<string> {
    const [row] = await this.#query(
      'SELECT event_id FROM bookings WHERE workspace_id = $1 AND id = $2',
      bookingId,
    );
    return String(row?.['event_id']);
  }

  /** The only booking that is not among these. */
  async newestBesides(ids: readonly string[]): Promise<string> {
    const rows = await this.#query('SELECT id FROM bookings WHERE workspace_id = $1 AND id <> ALL ($2)', ids);
    if (rows.length !== 1) throw new Error(`There are ${rows.length} bookings that nobody knows.`);
    return String(rows[0]?.['id']);
  }

  /** Writes to one calendar are paced; that is no part of the model. */
  async rest(): Promise<void> {
    await this.db.query('DELETE FROM calendar_writes WHERE remote_calendar LIKE $1', [
      `%${mainOf(this.world)}`,
    ]);
  }

  /** What the tables and the calendar show. */
  async seen(): Promise<View> {
    const [appointments, holds] = [await this.#query(APPOINTMENTS), await this.#query(HELD)];
    const starts = liveEvents(this.google, this.world).map(({ start }) => Date.parse(start.dateTime ?? ''));
    const events = starts.map((start) => (start - NINE) / QUARTER_MS).toSorted((a, b) => a - b);
    return { appointments, holds, events };
  }

  async #differences(): Promise<unknown[]> {
    await this.#query(`UPDATE bookings SET settled_at = now() - interval '3 min' WHERE workspace_id = $1`);
    const body = { workspace_id: this.world.workspaceId };
    const answer = await this.service.call('POST', '/api/admin/bookings/compare', { body });
    return answer.body.differences;
  }

  #fault(fault: FaultSpec): string {
    return this.google.state.faults.add({ ...fault, calendar: mainOf(this.world) });
  }

  #events(): string {
    return `/sandbox/calendars/${mainOf(this.world)}/events`;
  }

  async #query(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
    return (await this.db.query<Record<string, unknown>>(sql, [this.world.workspaceId, ...values])).rows;
  }
}

export interface View {
  readonly appointments: readonly Readonly<Record<string, unknown>>[];
  readonly holds: readonly Readonly<Record<string, unknown>>[];
  readonly events: readonly Quarter[];
}

/** What {@link ModelPlay.seen} is to show. */
export function viewOf(model: BookingModel): View {
  const byId = (one: { id: string }, other: { id: string }): number => (one.id < other.id ? -1 : 1);
  return {
    appointments: model.appointments.toSorted(byId).map(({ event: _, claims, ...one }) => ({
      ...one,
      claims: claims.map((claim) => `${claim}-${claim + NEEDED}`).toSorted(),
    })),
    holds: model.holds
      .filter(({ counts }) => counts)
      .toSorted(byId)
      .map(({ id, at: from }) => ({ id, at: from })),
    events: model.events(),
  };
}

import { Client } from 'pg';
import type { Effect, Endpoint, FaultSpec } from '../../src/sandbox/faults/fault.js';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { at, Caller, eventually, mainOf } from './booking-scene.js';
import { startCuttingProxy, type CuttingProxy, type Moment } from './cutting-proxy.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { startService, type Answer, type Service } from './service.js';
import { aWorld, type World } from './world.js';

/** One client and what it is about; all of it is its own, so that a statement or a call tells whose it is. */
export interface Actor {
  readonly world: World;
  readonly key: string;
  /** Where the booking is, and where a move brings it. */
  readonly times: readonly [string, string];
  /** Of a booking that stood before the process died. */
  bookingId: string | null;
}

/** How far something got when the process dies. */
export type Point =
  | {
      readonly sql: string;
      readonly mark: (actor: Actor) => string;
      /** `inside`: the server is at work on the statement, and ends it later. */
      readonly moment: Moment | 'inside';
    }
  | { readonly endpoint: Endpoint; readonly effect: Effect };

const WAITING = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`;
/** Without those that a statement of the dead still holds. */
const WAITING_BOOKINGS = `id IN (
  SELECT id FROM bookings WHERE workspace_id = ANY ($1) AND status IN ('pending', 'cancelling') AND next_attempt_at > now()
  FOR UPDATE SKIP LOCKED)`;
const REACH_MS = 30_000;
const CLAIMS_OF_WORKSPACE = 7227;

/** Processes that are killed at chosen points, over one database and one stand-in for Google. */
export class CrashStage {
  static async open(): Promise<CrashStage> {
    const [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    const proxy = await startCuttingProxy(database.url);
    const [db, locks] = [database.url, database.url].map(
      (connectionString) => new Client({ connectionString }),
    );
    if (db === undefined || locks === undefined) throw new Error('no client');
    await Promise.all([db.connect(), locks.connect()]);
    await locks.query('BEGIN');
    return new CrashStage(google, database, proxy, db, locks);
  }

  readonly #services: Service[] = [];
  #faults: string[] = [];
  #actors = 0;
  #inside = 0;

  private constructor(
    readonly google: GoogleServer,
    private readonly database: TestDatabase,
    private readonly proxy: CuttingProxy,
    private readonly db: Client,
    private readonly locks: Client,
  ) {}

  async start(env: Readonly<Record<string, string>> = {}): Promise<Service> {
    const service = await startService({
      databaseUrl: this.proxy.url,
      google: this.google,
      env: { LOG_LEVEL: 'info', ...env },
    });
    this.#services.push(service);
    return service;
  }

  /** One that also runs the jobs. */
  worker(env: Readonly<Record<string, string>> = {}): Promise<Service> {
    return this.start({ SCHEDULER_ENABLED: 'true', ...env });
  }

  async actor(service: Service): Promise<Actor> {
    const n = (this.#actors += 1);
    const world = await aWorld(service, this.google, { accounts: 1, configuration: { timezone: 'UTC' } });
    const clock = (minutes: number): string =>
      at([9 + Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':'));
    return { world, key: `key ${n} of a client`, times: [clock(2 * n), clock(240 + 2 * n)], bookingId: null };
  }

  /** Resolves when what the actor is about to do got to the point; it gets no further. */
  async reached(point: Point, actor: Actor): Promise<void> {
    if ('endpoint' in point) return this.#atGoogle(point, actor);
    const { sql, mark, moment } = point;
    const held = this.proxy.hold([sql, mark(actor)], moment === 'inside' ? 'before' : moment);
    await held.reached;
    if (moment !== 'inside') return;
    await this.locks.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
      CLAIMS_OF_WORKSPACE,
      actor.world.workspaceId,
    ]);
    await this.locks.query('SELECT FROM bookings WHERE workspace_id = $1 FOR UPDATE', [
      actor.world.workspaceId,
    ]);
    this.#inside += 1;
    held.release();
    await eventually(() => this.#expectWaiting());
  }

  /** Statements of the dead that the server is at work on come to their end, once `others` wait behind them. */
  async endStatements(others: number): Promise<void> {
    await eventually(() => this.#expectWaiting(others));
    await this.locks.query('COMMIT');
  }

  /** Google answers again; what it was asked by the dead stays as it is. */
  wakeGoogle(): void {
    for (const id of this.#faults) this.google.state.faults.remove(id);
    this.#faults = [];
  }

  fault({ world }: Actor, fault: FaultSpec): void {
    this.google.state.faults.add({ ...fault, calendar: mainOf(world) });
  }

  /** What waits for its time is due now. */
  async hasten(actors: readonly Actor[]): Promise<void> {
    const ids = [actors.map(({ world }) => world.workspaceId)];
    await this.query(`UPDATE bookings SET next_attempt_at = now() WHERE ${WAITING_BOOKINGS}`, ids);
    await this.query('UPDATE idempotency_keys SET locked_until = now() WHERE workspace_id = ANY ($1)', ids);
  }

  /** Nobody takes up what waits until it is hastened. */
  async keepWaiting({ world }: Actor): Promise<void> {
    const later = `UPDATE bookings SET next_attempt_at = now() + interval '1 hour' WHERE ${WAITING_BOOKINGS}`;
    await this.query(later, [[world.workspaceId]]);
  }

  readonly query = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await this.db.query<Record<string, unknown>>(sql, values)).rows;

  async close(): Promise<void> {
    await this.locks.end();
    await Promise.all(this.#services.map((service) => service.kill()));
    await this.db.end();
    await this.proxy.close();
    await this.google.close();
    await this.database.drop();
  }

  async #atGoogle({ endpoint, effect }: Extract<Point, { endpoint: Endpoint }>, actor: Actor): Promise<void> {
    const calendar = mainOf(actor.world);
    const { faults, requests } = this.google.state;
    const id = faults.add({ endpoint, calendar, effect });
    this.#faults.push(id);
    const isTaken = effect.kind === 'accept_then';
    await eventually(async () => {
      const call = requests.list({ endpoint, calendar }).find((one) => one.faults.includes(id));
      if (call === undefined || call.committed !== isTaken) throw new Error(`${endpoint} was not reached`);
    }, REACH_MS);
  }

  async #expectWaiting(others = 0): Promise<void> {
    const [row] = await this.query(WAITING);
    if (Number(row?.['count']) < this.#inside + others)
      throw new Error('The statement does not wait for its lock.');
  }
}

/** Repeats a request as a careful client does: with its key, until somebody is responsible for it. */
export async function answered(ask: () => Promise<Answer>, ms: number): Promise<Answer> {
  return eventually(async () => {
    const answer = await ask();
    if (answer.body.code === 'idempotency_in_progress' || answer.status === 503)
      throw new Error(`still ${answer.status} ${answer.body.code}`);
    return answer;
  }, ms);
}

export const callerAt = (service: Service, { world }: Actor): Caller => new Caller(service, world);

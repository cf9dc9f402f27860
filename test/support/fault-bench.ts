import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase } from './database.js';
import { startService, type Answer, type LogLine, type Service } from './service.js';
import { aWorld, control, dayFromNow, type World, type WorldOptions } from './world.js';

export interface ConnectionRow {
  readonly auth_status: string;
  readonly last_error: Readonly<Record<string, unknown>> | null;
  readonly access_token: string | null;
  readonly refresh_token: string | null;
  readonly token_version: number;
  readonly token_expires_at: Date | null;
  readonly refresh_failures: number;
  /** Seconds from now, negative when over; null when never paused. */
  readonly paused_seconds: number | null;
  readonly lifetime_seconds: number | null;
}

/** The service, its database and the sandbox, with the questions that the fault matrix asks of them. */
export class FaultBench {
  static async start(env: Readonly<Record<string, string>> = {}): Promise<FaultBench> {
    const [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    const service = await startService({ databaseUrl: database.url, google, env });
    const db = new Client({ connectionString: database.url });
    await db.connect();
    return new FaultBench(google, service, db, database);
  }

  private constructor(
    readonly google: GoogleServer,
    readonly service: Service,
    readonly db: Client,
    readonly database: { readonly url: string; drop(): Promise<void> },
  ) {}

  readonly #others: Service[] = [];

  /** One more process on the same database and the same Google. */
  async another(env: Readonly<Record<string, string>> = {}): Promise<Service> {
    const service = await startService({ databaseUrl: this.database.url, google: this.google, env });
    this.#others.push(service);
    return service;
  }

  async stop(): Promise<void> {
    await Promise.all([this.service, ...this.#others].map((service) => service.stop()));
    await this.db.end();
    await this.google.close();
    await this.database.drop();
  }

  world(options?: WorldOptions): Promise<World> {
    return aWorld(this.service, this.google, options);
  }

  fault(spec: FaultSpec): void {
    this.google.state.faults.add(spec);
  }

  /** Calls that reached the sandbox. */
  calls(endpoint: string, account?: string): number {
    return this.google.state.requests.count({ endpoint, ...(account === undefined ? {} : { account }) });
  }

  /** No faults, no calls counted, every connection as if it had just been made, and nothing known from before. */
  async heal(): Promise<void> {
    this.google.state.faults.clear();
    this.google.state.requests.clear();
    await this.db
      .query(`UPDATE connections SET auth_status = 'active', last_error = NULL, refresh_failures = 0,
      refresh_not_before = NULL, refresh_lease_id = NULL, refresh_lease_until = NULL,
      last_refreshed_at = now(), token_expires_at = now() + interval '1 hour'`);
    await this.db.query('DELETE FROM busy_days');
    await this.db.query('DELETE FROM connection_events');
  }

  /** The lease of a refresh whose leader is gone has lapsed, without the wait. */
  async lapse(connectionId: string): Promise<void> {
    await this.db.query(
      `UPDATE connections SET refresh_lease_until = now() - interval '1 millisecond' WHERE id = $1`,
      [connectionId],
    );
  }

  /** The pause after a failed refresh is over, without the wait. */
  async endPause(connectionId: string): Promise<void> {
    await this.db.query(
      `UPDATE connections SET refresh_not_before = now() - interval '1 millisecond' WHERE id = $1`,
      [connectionId],
    );
  }

  /** The access token ends in `seconds`, counted from an hour ago. */
  async expire(connectionId: string, seconds = -1): Promise<void> {
    await this.db.query(
      `UPDATE connections SET token_expires_at = now() + $2 * interval '1 second',
         last_refreshed_at = now() - interval '1 hour' WHERE id = $1`,
      [connectionId, seconds],
    );
  }

  async connection(id: string): Promise<ConnectionRow> {
    const { rows } = await this.db.query<ConnectionRow>(
      `SELECT *, extract(epoch FROM refresh_not_before - now())::float8 AS paused_seconds,
         extract(epoch FROM token_expires_at - now())::float8 AS lifetime_seconds
       FROM connections WHERE id = $1`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`There is no connection ${id}`);
    return row;
  }

  async count(sql: string, values: readonly unknown[] = []): Promise<number> {
    const { rows } = await this.db.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`, [...values]);
    return Number(rows[0]?.n);
  }

  /** Rows that a notification will be sent for. */
  notifications(connectionId: string): Promise<number> {
    return this.count(`connection_events WHERE kind = 'needs_reauth' AND connection_id = $1`, [connectionId]);
  }

  /** AV on a day that nothing else uses. */
  availability(world: World, body: object = { date: dayFromNow(3) }, at = this.service): Promise<Answer> {
    const path = `/api/calendars/configurations/${world.configurationId}/check-availability/`;
    return at.call('POST', path, { key: world.key, body });
  }

  /** BK at ten in the morning, in New York. */
  book(world: World, startTime = `${dayFromNow(4)}T15:00:00Z`): Promise<Answer> {
    const path = `/api/calendars/configurations/${world.configurationId}/book-appointment/`;
    const body = { start_time: startTime, title: 'Visit', attendee_email: 'pat@example.com' };
    return this.service.call('POST', path, { key: world.key, body });
  }

  async addBusy(calendarId: string, day: string, from: string, to: string): Promise<void> {
    const at = (time: string): object => ({ dateTime: `${day}T${time}:00`, timeZone: 'America/New_York' });
    await control(this.google, 'POST', `/sandbox/calendars/${calendarId}/events`, {
      start: at(from),
      end: at(to),
    });
  }

  log(event: string, connectionId?: string): LogLine[] {
    return this.service
      .log()
      .filter(
        (line) => line.event === event && (connectionId ?? line['connection_id']) === line['connection_id'],
      );
  }
}

/** One member of a fixture; the test fails when it is not there. */
export function nth<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`There is no item ${index}`);
  return item;
}

const LOOK_MS = 25;

/** Waits for something that the service does after its answer. */
export async function until(isSo: () => boolean | Promise<boolean>, patienceMs = 30_000): Promise<void> {
  for (let tries = 0; tries < patienceMs / LOOK_MS; tries += 1) {
    if (await isSo()) return;
    await delay(LOOK_MS);
  }
  throw new Error('It never came to be.');
}

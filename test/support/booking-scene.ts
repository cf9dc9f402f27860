import type { EventResource } from '../../src/sandbox/state/events.js';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';
import { startService, type Answer, type Service } from './service.js';
import { aWorld, dayFromNow, type World } from './world.js';

/** A day that every configuration of these tests takes bookings on. */
export const DAY = dayFromNow(3, 'UTC');

export const at = (time: string, day = DAY): string => `${day}T${time}:00Z`;

export interface Visit {
  readonly start_time: string;
  readonly [field: string]: unknown;
}

export interface Scene {
  readonly database: TestDatabase;
  readonly google: GoogleServer;
  readonly service: Service;
  /** A workspace with one booking calendar, in UTC, 09:00 to 17:00. */
  world(configuration?: Readonly<Record<string, unknown>>, accounts?: number): Promise<World>;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function bookingScene(env: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
  const service = await startService({ databaseUrl: database.url, google, env });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return {
    database,
    google,
    service,
    world: (configuration = {}, accounts = 1) =>
      aWorld(service, google, { accounts, configuration: { timezone: 'UTC', ...configuration } }),
    query: async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    close: async () => {
      await client.end();
      await service.stop();
      await google.close();
      await database.drop();
    },
  };
}

/** What one caller does in one workspace. */
export class Caller {
  constructor(
    private readonly service: Pick<Service, 'call'>,
    readonly world: World,
  ) {}

  readonly #path = (): string => `/api/calendars/configurations/${this.world.configurationId}`;

  post(path: string, body: unknown, key?: string): Promise<Answer> {
    const headers = key === undefined ? {} : { 'Idempotency-Key': key };
    return this.service.call('POST', path, { key: this.world.key, body, headers });
  }

  book(visit: Visit, key?: string): Promise<Answer> {
    const usual = { title: 'Check-up', attendee_email: 'pat@example.com' };
    return this.post(`${this.#path()}/book-appointment`, { ...usual, ...visit }, key);
  }

  hold(body: Visit): Promise<Answer> {
    return this.post(`${this.#path()}/holds`, body);
  }

  release(holdId: string): Promise<Answer> {
    return this.service.call('DELETE', `/api/holds/${holdId}`, { key: this.world.key });
  }

  cancel(id: string, body?: unknown, key?: string): Promise<Answer> {
    return this.post(`/api/bookings/${id}/cancel`, body, key);
  }

  reschedule(id: string, body: Visit, key?: string): Promise<Answer> {
    return this.post(`/api/bookings/${id}/reschedule`, body, key);
  }

  show(id: string): Promise<Answer> {
    return this.service.call('GET', `/api/bookings/${id}`, { key: this.world.key });
  }

  list(query = ''): Promise<Answer> {
    return this.service.call('GET', `/api/bookings${query}`, { key: this.world.key });
  }

  availability(day = DAY): Promise<Answer> {
    return this.post(`${this.#path()}/check-availability`, { date: day });
  }

  /** Local start times `HH:MM` that are offered on a day. */
  async offered(day = DAY): Promise<string[]> {
    const answer = await this.availability(day);
    return answer.body.available_slots.map((slot: { start_time: string }) => slot.start_time.slice(11, 16));
  }

  change(body: unknown): Promise<Answer> {
    return this.service.call('PATCH', this.#path(), { key: this.world.key, body });
  }
}

/** Events of the booking calendar that are not cancelled. */
export function liveEvents(google: GoogleServer, world: World): EventResource[] {
  return google.state.events
    .list(mainOf(world))
    .map(({ resource }) => resource)
    .filter(({ status }) => status !== 'cancelled');
}

export function mainOf(world: World): string {
  const main = world.calendars[0];
  if (main === undefined) throw new Error('The world has no calendar.');
  return main.externalId;
}

/** Waits until `check` no longer throws, for at most `ms`. */
export async function eventually<T>(check: () => Promise<T>, ms = 15_000): Promise<T> {
  const endsAt = performance.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

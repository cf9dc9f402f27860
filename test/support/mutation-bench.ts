import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';
import { MutatingGoogle, type Account } from './mutating-google.js';
import { startService, type Answer, type Service } from './service.js';

export interface MutatedCalendar {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  readonly account: Account;
}

export interface MutatedWorld {
  readonly key: string;
  readonly configurationId: string;
  /** The first is booked into. */
  readonly calendars: readonly MutatedCalendar[];
  readonly accounts: readonly Account[];
  readonly connectionIds: readonly string[];
}

const RESET = `
  UPDATE connections SET auth_status = 'active', last_error = NULL, refresh_failures = 0, refresh_not_before = NULL,
    refresh_lease_id = NULL, refresh_lease_until = NULL, last_refreshed_at = now() - interval '1 hour',
    token_expires_at = now() + CASE WHEN account_email = ANY ($2) THEN interval '-1 second' ELSE interval '1 hour' END
  WHERE id = ANY ($1)`;

/** The service in front of a Google that tells the truth damaged. */
export class MutationBench {
  static async start(seed: number, env: Readonly<Record<string, string>> = {}): Promise<MutationBench> {
    const [database, google] = await Promise.all([createTestDatabase(), MutatingGoogle.start(seed)]);
    const service = await startService({
      databaseUrl: database.url,
      google,
      env: { LOG_LEVEL: 'error', ...env },
    });
    // Worlds are asked at once.
    const db = new Pool({ connectionString: database.url, max: 4 });
    return new MutationBench(seed, google, service, db, database);
  }

  /** How many connections were found stopped. */
  stops = 0;
  #worlds = 0;

  private constructor(
    readonly seed: number,
    readonly google: MutatingGoogle,
    readonly service: Service,
    readonly db: Pool,
    readonly database: TestDatabase,
  ) {}

  async stop(): Promise<void> {
    await this.service.stop();
    await this.db.end();
    await this.google.close();
    await this.database.drop();
  }

  /** As many accounts, each with one calendar or two, in one configuration in UTC, nine to five, every day. */
  async world(size: number, differences: object = {}): Promise<MutatedWorld> {
    this.#worlds += 1;
    const name = `w${this.#worlds}`;
    const workspace = (await this.service.call('POST', '/api/admin/workspaces', { body: { name } })).body;
    const key: string = workspace.api_key;
    const accounts = Array.from({ length: size }, (_, n) => {
      const email = `owner${n}.${name}@example.com`;
      return this.google.account(
        email,
        n % 2 === 0 ? [email] : [email, `Team${n}_${name}@Group.example.com`],
      );
    });
    const connected = await inTurns(accounts, 8, (account) => this.connect(key, account));
    const calendars = connected.flatMap(({ calendars: found }) => found);
    const body = {
      name,
      calendar_id: calendars[0]?.id,
      conflict_calendar_ids: calendars.map(({ id }) => id),
      timezone: 'UTC',
      duration_minutes: 60,
      from_time: '09:00',
      to_time: '17:00',
      workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
      ...differences,
    };
    const made = await this.service.call('POST', '/api/calendars/configurations', { key, body });
    if (made.status !== 201) throw new Error(`No configuration: ${JSON.stringify(made.body)}`);
    return {
      key,
      configurationId: made.body.id,
      calendars,
      accounts,
      connectionIds: connected.map(({ connectionId }) => connectionId),
    };
  }

  /** Through the whole consent; the account's code is its address. */
  async connect(
    key: string,
    account: Account,
  ): Promise<{ connectionId: string; calendars: MutatedCalendar[] }> {
    const answer = await this.consent(key, account);
    if (answer.status !== 200) throw new Error(`Not connected: ${JSON.stringify(answer.body)}`);
    const calendars: { id: string; external_id: string; name: string }[] = answer.body.calendars;
    return {
      connectionId: answer.body.connection.id,
      calendars: calendars.map(({ id, external_id: externalId, name }) => ({
        id,
        externalId,
        name,
        account,
      })),
    };
  }

  async consent(key: string, account: Account): Promise<Answer> {
    const { state } = (await this.service.call('POST', '/api/oauth/google/authorize', { key, body: {} }))
      .body;
    const query = new URLSearchParams({ state, code: account.email });
    return this.service.call('GET', `/api/oauth/google/callback?${query.toString()}`, { key: null });
  }

  /** Nothing is held against the world's accounts from earlier, and some of their tokens have run out. */
  async reset({ connectionIds, accounts }: MutatedWorld, expired: number): Promise<void> {
    const { dice } = this.google;
    const ended = accounts.filter(() => dice.chance(expired)).map(({ email }) => email);
    await this.db.query(RESET, [connectionIds, ended]);
    await this.db.query('DELETE FROM oauth_clients');
    for (const account of accounts) account.served = [];
  }

  /** The world's accounts that wait for somebody although Google never said so, to them or of the OAuth client. */
  async wronglyStopped({ connectionIds }: MutatedWorld): Promise<Account[]> {
    const { rows } = await this.db.query<{ account_email: string; code: string | null }>(
      `SELECT account_email, last_error->>'code' AS code FROM connections
       WHERE id = ANY ($1) AND auth_status <> 'active'`,
      [connectionIds],
    );
    this.stops += rows.length;
    return rows.flatMap(({ account_email: email, code }) => {
      const account = this.google.accounts.get(email);
      return account?.wasRefused() || this.google.clientRefusals.has(`${code}`) ? [] : (account ?? []);
    });
  }

  availability({ key, configurationId }: MutatedWorld, body: object): Promise<Answer> {
    const path = `/api/calendars/configurations/${configurationId}/check-availability`;
    return this.service.call('POST', path, { key, body });
  }

  book({ key, configurationId }: MutatedWorld, startTime: string, email: string): Promise<Answer> {
    const path = `/api/calendars/configurations/${configurationId}/book-appointment`;
    const body = { start_time: startTime, title: 'Visit', attendee_email: email };
    return this.service.call('POST', path, { key, body });
  }

  change({ key, configurationId }: MutatedWorld, body: object): Promise<Answer> {
    return this.service.call('PATCH', `/api/calendars/configurations/${configurationId}`, { key, body });
  }
}

/** Never more than so many at once; results in the order of the items. */
export async function inTurns<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}

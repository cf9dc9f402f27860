import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Client } from 'pg';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { SANDBOX_CLIENT_ID, startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { sandboxClient } from '../../src/sandbox/state/clients.js';
import { runCommand, type CommandRun } from '../support/command.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { nth } from '../support/fault-bench.js';
import { secretsIn, type SecretsByKind } from '../support/secret-search.js';
import { startService, type Answer, type Call, type Service } from '../support/service.js';
import { wiretap, type Wiretap } from '../support/wiretap.js';
import { aWorld, connectAccount, control, dayFromNow, type World } from '../support/world.js';

const mark = (kind: string): string => `mark-${kind}-${randomBytes(18).toString('base64url')}`;
const KEY = randomBytes(32);
const ADMIN = mark('admin-key');
const CLIENT_SECRET = mark('client-secret');
const RETURN_URL = 'https://app.example.com/connected?from=test';
/** Sent where a code and a state are read, and never valid there. */
const FORGED = { code: mark('forged-code'), state: mark('forged-state'), key: mark('forged-api-key') };
const ENCRYPTION_KEYS = `marked:${KEY.toString('base64')}`;

/**
 * F68: what may be told is told once, where it must be. Everything that existed as a secret in this run is looked for
 * in everything that the run left behind; all traffic with Google passes a wiretap, so nothing can be missed.
 */
describe('no secret appears where it does not belong', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let tap: Wiretap;
  let service: Service;
  let db: Client;
  let world: World;
  const answers: string[] = [];
  const commands: CommandRun[] = [];
  const apiKeys = new Set<string>([FORGED.key]);
  const states = new Set<string>([FORGED.state]);

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    google.state.clients.set(SANDBOX_CLIENT_ID, { ...sandboxClient(), secret: CLIENT_SECRET });
    tap = await wiretap(google.url);
    db = new Client({ connectionString: database.url });
    await db.connect();
    const started = await startService({
      databaseUrl: database.url,
      google: tap,
      env: {
        LOG_LEVEL: 'trace',
        ADMIN_API_KEY: ADMIN,
        GOOGLE_CLIENT_SECRET: CLIENT_SECRET,
        ENCRYPTION_KEYS,
        ALLOWED_RETURN_URLS: RETURN_URL,
        PROVIDER_TIMEOUT_MS: '400',
        PROVIDER_DEADLINE_MS: '1200',
        BOOKING_DEADLINE_MS: '2500',
      },
    });
    service = { ...started, call: recorded(started) };
    world = await aWorld(service, google);
    await everythingThatWorks();
    await everythingThatFails();
    await everyCommand();
    await service.stop();
  });

  afterAll(async () => {
    await service?.kill();
    await db?.end();
    await tap?.close();
    await google?.close();
    await database?.drop();
  });

  /** Keeps every answer, without the one place in it where a secret is to be handed over. */
  function recorded({ call }: Service): Service['call'] {
    return async (method, path, options: Call = {}) => {
      const answer = await call(method, path, { key: ADMIN, ...options });
      const { api_key: apiKey, state } = Object(answer.body);
      if (method === 'POST' && typeof apiKey === 'string') apiKeys.add(apiKey);
      if (path.endsWith('/authorize') && typeof state === 'string') states.add(state);
      const location = answer.headers.get('location') ?? '';
      const toConsent = path.includes('/reauthorize')
        ? new URL(location || 'x:').searchParams.get('state')
        : null;
      if (toConsent !== null) states.add(toConsent);
      let told = `${answer.status}\n${JSON.stringify([...answer.headers])}\n${JSON.stringify(answer.body)}`;
      for (const handedOver of [apiKey, path.endsWith('/authorize') ? state : null, toConsent])
        if (typeof handedOver === 'string') told = told.replaceAll(handedOver, '[handed over]');
      answers.push(told);
      return answer;
    };
  }

  const get = (path: string, key = world.key): Promise<Answer> => service.call('GET', path, { key });
  const post = (path: string, body: unknown = {}, key = world.key): Promise<Answer> =>
    service.call('POST', path, { key, body });
  const availability = (): Promise<Answer> =>
    post(`/api/calendars/configurations/${world.configurationId}/check-availability`, {
      date: dayFromNow(3),
    });
  const book = (hour: number): Promise<Answer> =>
    post(`/api/calendars/configurations/${world.configurationId}/book-appointment`, {
      start_time: `${dayFromNow(4)}T${hour}:00:00Z`,
      title: 'Visit',
      attendee_email: 'pat@example.com',
    });

  async function everythingThatWorks(): Promise<void> {
    const { id } = nth(world.connections, 0);
    await post(`/api/admin/workspaces/${world.workspaceId}/api-keys`, { name: 'second' }, ADMIN);
    await get(`/api/admin/workspaces/${world.workspaceId}/api-keys`, ADMIN);
    await availability();
    const booked = await book(15);
    expect(booked.status).toBe(201);
    await get(`/api/bookings/${booked.body.booking_id}`);
    await post(`/api/bookings/${booked.body.booking_id}/cancel`);
    for (const action of ['refresh', 'test']) await post(`/api/connections/${id}/${action}`);
    for (const path of ['connections', `connections/${id}`, 'calendars', 'calendar-health', 'health/ready'])
      await get(`/api/${path}`);
    for (const path of ['', '/issues', '/history', '/sla'])
      await get(`/api/admin/calendar-health${path}`, ADMIN);
    for (const path of ['/docs/openapi.json', '/metrics']) await get(path, ADMIN);
    await consent({ return_url: RETURN_URL });
    await consent({}, 'text/html');
  }

  /** Through the consent page; `damage` changes the address that the browser is sent back to. */
  async function consent(
    wish: object,
    accept = 'application/json',
    damage: (url: string) => string = (url) => url,
  ): Promise<Answer> {
    const { body } = await post('/api/oauth/google/authorize', wish);
    const { redirect_url: url } = await control(google, 'POST', '/sandbox/consent', {
      authorization_url: body.authorization_url,
      account: nth(world.connections, 1).account,
    });
    const path = damage(String(url).replace(service.url, ''));
    return service.call('GET', path, { key: null, headers: { Accept: accept } });
  }

  async function everythingThatFails(): Promise<void> {
    await refreshFailures();
    await calendarFailures();
    await callbackFailures();
    await badKeys();
    await databaseFailures();
  }

  /** Answers that hand the caller's own secrets back to it, as some servers do when they explain an error. */
  function echoes(): FaultSpec['effect'][] {
    const { refreshTokens, accessTokens } = google.state.tokens;
    const text = `No: ${[...refreshTokens.keys()].join(' ')} ${[...accessTokens.keys()].join(' ')} ${CLIENT_SECRET}`;
    const json = { 'content-type': 'application/json' };
    return [
      {
        kind: 'respond',
        status: 400,
        headers: json,
        body: { error: 'invalid_request', error_description: text },
      },
      {
        kind: 'respond',
        status: 400,
        headers: json,
        body: {
          error: { code: 400, message: text, errors: [{ reason: text, message: text }], status: text },
        },
      },
      {
        kind: 'respond',
        status: 401,
        headers: json,
        body: { error: text, error_description: text, error_uri: text, error_subtype: text },
      },
      {
        kind: 'respond',
        status: 403,
        headers: json,
        body: {
          error: {
            code: 403,
            message: text,
            errors: [{ domain: text, reason: text }],
            details: [{ reason: text }],
          },
        },
      },
      {
        kind: 'respond',
        status: 500,
        headers: { 'content-type': 'text/html', 'retry-after': text },
        body: text,
      },
      { kind: 'respond', status: 200, headers: json, body: `${text}{"access_token":` },
    ];
  }

  const TRANSPORT: readonly FaultSpec['effect'][] = [
    { kind: 'reset' },
    { kind: 'reset', after: 'headers' },
    { kind: 'hang', ms: 600 },
    { kind: 'truncate' },
    'token_cut',
    'token_without_fields',
    'unavailable503Html',
    // Last: a refresh that hangs goes on behind the request that began it, and the next ones join it.
    { kind: 'stall' },
  ];

  async function refreshFailures(): Promise<void> {
    const { id, account } = nth(world.connections, 2);
    for (const effect of [
      ...echoes(),
      'invalid_grant',
      'invalid_rapt',
      'admin_policy_enforced',
      ...TRANSPORT,
    ] as const) {
      await expire(id);
      google.state.faults.add({ endpoint: 'token.refresh', account, effect });
      await Promise.all([availability(), post(`/api/connections/${id}/refresh`)]);
      await get(`/api/connections/${id}`);
      await get('/api/calendar-health');
      google.state.faults.clear();
    }
    await expire(id);
  }

  async function calendarFailures(): Promise<void> {
    const { account } = nth(world.connections, 0);
    for (const effect of [...TRANSPORT, ...echoes(), 'authError401', 'insufficientScope403'] as const) {
      for (const endpoint of ['freeBusy', 'events.insert', 'calendarList'] as const)
        google.state.faults.add({ endpoint, account, effect, times: 2 });
      await Promise.all([
        availability(),
        book(16),
        post(`/api/connections/${nth(world.connections, 0).id}/test`),
      ]);
      google.state.faults.clear();
      await expire(nth(world.connections, 0).id, 3600);
    }
    for (const path of ['', '/issues']) await get(`/api/admin/calendar-health${path}`, ADMIN);
    await post('/api/admin/calendar-health/check', {}, ADMIN);
    await post('/api/admin/calendar-health/refresh-tokens', { force: true }, ADMIN);
  }

  async function callbackFailures(): Promise<void> {
    for (const effect of [...TRANSPORT.slice(0, -1), ...echoes(), 'invalid_client401'] as const) {
      google.state.faults.add({ endpoint: 'token.code', effect, times: 1 });
      await consent({ return_url: RETURN_URL });
    }
    google.state.faults.clear();
    const damages: ((url: string) => string)[] = [
      (url) => url.replace(/code=[^&]+/, `code=${FORGED.code}`),
      (url) => url.replace(/state=[^&]+/, `state=${FORGED.state}`),
      (url) => url.replace(/code=[^&]+/, 'error=access_denied'),
      (url) => url.replace(/code=([^&]+)/, 'error=$1&error_description=$1'),
      (url) => `${url}&state=${FORGED.state}`,
      (url) => url.replace('/callback', '/callbak'),
      (url) => url.replace('/callback', '/callback/%E0%A4%A'),
      (url) => `${url}%E0%A4%A`,
      (url) => url.replace('?', '/?'),
    ];
    for (const damage of damages)
      for (const accept of ['application/json', 'text/html']) await consent({}, accept, damage);
    const used = new Set<string>();
    await consent({}, 'application/json', (url) => (used.add(url), url));
    for (const url of used) await service.call('GET', url, { key: null });
    const dead = await get(`/api/connections/${nth(world.connections, 2).id}`);
    await service.call('GET', `/api/oauth/google/reauthorize?link=${FORGED.state}`, { key: null });
    if (typeof dead.body.reauth_url === 'string')
      await service.call('GET', dead.body.reauth_url.replace(service.url, ''), { key: null });
    await connectAccount(service, google, world.key, {
      email: 'late@example.com',
      calendars: [{ name: 'Late' }],
    });
  }

  async function badKeys(): Promise<void> {
    const path = '/api/connections';
    for (const header of [
      `Bearer ${FORGED.key}`,
      `Basic ${FORGED.key}`,
      FORGED.key,
      `Bearer ${ADMIN}x`,
      `bearer ${world.key} ${ADMIN}`,
    ])
      await service.call('GET', path, { key: null, headers: { Authorization: header, 'X-Api-Key': ADMIN } });
    await post('/api/admin/workspaces', { name: 'Not mine' });
    for (const key of [world.key, ADMIN, FORGED.key]) {
      await service.call('GET', `${path}?api_key=${key}&limit=x`, { key: null });
      await service.call('GET', `${path}?access_token=${key}`, { key: world.key });
      await service.call('POST', `/api/admin/workspaces`, { key: world.key, body: `{"name": ${key}` });
      await service.call('GET', `/api/nowhere/${key}`, { key: null });
      await raw(`GET /api/connections HTTP/9.9\r\nAuthorization: Bearer ${key}\r\n\r\n`);
      await raw(
        `GET /api/connections HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nBad Header: ${key}\r\n\r\n`,
      );
    }
  }

  /** Bytes that no HTTP client would send. */
  async function raw(text: string): Promise<void> {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let told = '';
    socket.on('data', (chunk: Buffer) => (told += chunk.toString()));
    socket.on('error', () => undefined);
    socket.end(text);
    await new Promise((resolve) => socket.once('close', resolve));
    answers.push(told);
  }

  /** Writes are refused by a trigger, so that the driver's own errors, with their parameters, come up. */
  async function databaseFailures(): Promise<void> {
    await db.query(
      `CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'refused %', NEW; END $$ LANGUAGE plpgsql`,
    );
    const refusing = async (table: string, work: () => Promise<unknown>): Promise<void> => {
      await db.query(
        `CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`,
      );
      await work();
      await db.query(`DROP TRIGGER refuse ON ${table}`);
    };
    const { id } = nth(world.connections, 3);
    await refusing('oauth_states', () => post('/api/oauth/google/authorize'));
    await refusing('workspaces', () => post('/api/admin/workspaces', { name: 'Never' }, ADMIN));
    await refusing('api_keys', () =>
      post(`/api/admin/workspaces/${world.workspaceId}/api-keys`, { name: 'Never' }, ADMIN),
    );
    await refusing('connections', () => post(`/api/connections/${id}/refresh`));
    const { body } = await post('/api/oauth/google/authorize');
    const consented = await control(google, 'POST', '/sandbox/consent', {
      authorization_url: body.authorization_url,
      account: nth(world.connections, 3).account,
    });
    await refusing('connections', () =>
      service.call('GET', String(consented['redirect_url']).replace(service.url, ''), { key: null }),
    );
    await db.query(
      `UPDATE connections SET refresh_token = access_token, token_expires_at = now() WHERE id = $1`,
      [id],
    );
    await availability();
    await post('/api/oauth/google/authorize');
  }

  async function everyCommand(): Promise<void> {
    const run = (script: string, ...args: string[]): Promise<CommandRun> =>
      runCommand(script, args, {
        databaseUrl: database.url,
        google: tap,
        env: {
          ADMIN_API_KEY: ADMIN,
          ENCRYPTION_KEYS,
          GOOGLE_CLIENT_SECRET: CLIENT_SECRET,
          LOG_LEVEL: 'trace',
        },
      });
    commands.push(
      ...(await Promise.all([
        run('cli.js', '--check-all', '--export-issues'),
        run('cli.js', '--refresh-tokens', '--force', '--json'),
        run('encryption-keys.js', '--rotate'),
      ])),
    );
  }

  async function expire(id: string, seconds = -1): Promise<void> {
    await db.query(
      `UPDATE connections SET auth_status = 'active', last_error = NULL, refresh_not_before = NULL, refresh_lease_id = NULL,
         refresh_lease_until = NULL, token_expires_at = now() + $2 * interval '1 second' WHERE id = $1`,
      [id, seconds],
    );
  }

  /** What passed between the service and Google, and what its callers were given or made up. */
  function secrets(): SecretsByKind {
    const said = tap.transcript();
    const matches = (pattern: RegExp): Set<string> =>
      new Set([...said.matchAll(pattern)].map(([, value = '']) => decodeURIComponent(value)));
    return {
      'access token': matches(/(?:Bearer |"access_token":\s*")([\w.-]{20,})/gi),
      'refresh token': matches(/(?:refresh_token=|"refresh_token":\s*")([\w%/.-]{20,})/g),
      'id token': matches(/"id_token":\s*"([\w.-]+)"/g),
      code: new Set([...matches(/[&\n]code=([^&\s]+)/g), FORGED.code]),
      verifier: matches(/code_verifier=([^&\s]+)/g),
      'client secret': new Set([CLIENT_SECRET]),
      'admin key': new Set([ADMIN]),
      'encryption key': new Set(
        (['base64', 'base64url', 'hex', 'latin1'] as const).map((form) => KEY.toString(form)),
      ),
      'API key': apiKeys,
      state: states,
    };
  }

  async function dump(): Promise<string> {
    const tables = await db.query<{ name: string }>(
      `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const { rows: found } = await db.query<{ text: string }>(
        `SELECT row_to_json(t)::text AS text FROM ${name} t`,
      );
      rows.push(...found.map(({ text }) => `${name} ${text}`));
    }
    return rows.join('\n');
  }

  it('has seen secrets of every kind', () => {
    const atLeast = {
      'access token': 15,
      'refresh token': 6,
      'id token': 6,
      code: 20,
      verifier: 20,
      'API key': 3,
      state: 40,
    };
    const seen = secrets();
    const tooFew = Object.entries(atLeast).filter(([kind, fewest]) => (seen[kind]?.size ?? 0) < fewest);
    expect(tooFew).toEqual([]);
    const overheard = new Set(secretsIn(tap.transcript(), seen).map((found) => found.split(' plain')[0]));
    for (const kind of ['access token', 'refresh token', 'code', 'verifier', 'client secret'])
      expect(overheard).toContain(kind);
  });

  it('has met every kind of answer', () => {
    const statuses = new Set(answers.map((told) => told.split('\n')[0]));
    for (const status of ['200', '201', '302', '400', '401', '403', '404', '503'])
      expect(statuses).toContain(status);
  });

  it('finds a secret in every disguise, or the rest would prove nothing', () => {
    const secret = { mark: new Set(['1//0a-secret/with.punctuation~']) };
    const [text = ''] = secret.mark;
    const disguised = [
      `it is ${text}.`,
      encodeURIComponent(`code=${text}`),
      ...[0, 1, 2].map((offset) => Buffer.from(`${'x'.repeat(offset)}${text}:more`).toString('base64')),
      Buffer.from(`?${text}?`).toString('base64url'),
      Buffer.from(text).toString('hex').toUpperCase(),
    ];
    for (const hidden of disguised) expect(secretsIn(hidden, secret)).not.toEqual([]);
    expect(secretsIn('nothing of it', secret)).toEqual([]);
  });

  it('not in what the service printed', () => {
    expect(service.log().length).toBeGreaterThan(100);
    expect(secretsIn(service.output(), secrets())).toEqual([]);
  });

  it('not in an answer, but for the one that hands it over', () => {
    expect(secretsIn(answers.join('\n'), secrets())).toEqual([]);
  });

  it('not in what the commands printed or exported', () => {
    expect(JSON.parse(nth(commands, 0).stdout).issues.length).toBeGreaterThan(0);
    expect(secretsIn(commands.map(({ stdout, stderr }) => stdout + stderr).join('\n'), secrets())).toEqual(
      [],
    );
  });

  it('not in a dump of the database', async () => {
    const text = await dump();
    expect(text).toContain(`"access_token":"marked.`);
    expect(text).toContain(`"code_verifier":"marked.`);
    expect(secretsIn(text, secrets())).toEqual([]);
  });
});

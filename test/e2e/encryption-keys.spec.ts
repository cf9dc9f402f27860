import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { SANDBOX_CLIENT_ID, startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { Cipher, parseEncryptionKeys } from '../../src/shared/cipher.js';
import { forEachConcurrently } from '../../src/shared/concurrency.js';
import { Secret } from '../../src/shared/secret.js';
import { runCommand, type CommandRun } from '../support/command.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { nth, until } from '../support/fault-bench.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { aWorld, control, dayFromNow, type World } from '../support/world.js';

const MANY = 240;
const OLD = `old:${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `new:${Buffer.alloc(32, 2).toString('base64')}`;
const IMPOSTOR = `old:${Buffer.alloc(32, 3).toString('base64')}`;

/** Key changes as an operator goes through them, in order: one service after another on one database. */
describe('the encryption keys', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let service: Service;
  let db: Client;
  let world: World;
  let many: string[];

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    db = new Client({ connectionString: database.url });
    await db.connect();
    service = await start(OLD);
    world = await aWorld(service, google);
    many = await manyConnections();
  });

  afterAll(async () => {
    await service?.stop();
    await db?.end();
    await google?.close();
    await database?.drop();
  });

  const start = (keys: string): Promise<Service> =>
    startService({ databaseUrl: database.url, google, env: { ENCRYPTION_KEYS: keys } });

  const command = (keys: string, ...args: string[]): Promise<CommandRun> =>
    runCommand('encryption-keys.js', args, {
      databaseUrl: database.url,
      google,
      env: { ENCRYPTION_KEYS: keys },
    });

  const availability = (): Promise<Answer> =>
    service.call('POST', `/api/calendars/configurations/${world.configurationId}/check-availability`, {
      key: world.key,
      body: { date: dayFromNow(3) },
    });

  const refresh = (id: string): Promise<Answer> =>
    service.call('POST', `/api/connections/${id}/refresh`, { key: world.key });

  async function under(keyId: string): Promise<number> {
    const { rows } = await db.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM (SELECT access_token AS text FROM connections UNION ALL
         SELECT refresh_token FROM connections UNION ALL SELECT code_verifier FROM oauth_states) t
       WHERE split_part(text, '.', 1) = $1`,
      [keyId],
    );
    return nth(rows, 0).n;
  }

  /** Connections whose access token has expired, as a service under the old key left them. */
  async function manyConnections(): Promise<string[]> {
    const cipher = new Cipher(parseEncryptionKeys(OLD));
    const { rows } = await db.query<{ id: string }>(
      `SELECT gen_random_uuid() AS id FROM generate_series(1, ${MANY})`,
    );
    for (const [index, { id }] of rows.entries()) {
      const account = `many${index}@example.com`;
      const refreshToken = `1//many-${index}`;
      await control(google, 'POST', '/sandbox/accounts', { email: account, calendars: [] });
      const scopes = ['https://www.googleapis.com/auth/calendar'];
      google.state.tokens.allow(account, SANDBOX_CLIENT_ID, scopes);
      google.state.tokens.addRefreshToken({
        token: refreshToken,
        account,
        clientId: SANDBOX_CLIENT_ID,
        scopes,
        expiresAt: null,
      });
      await db.query(
        `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status, access_token, refresh_token,
           token_expires_at, token_version) VALUES ($1, $2, 'google', $3, 'active', $4, $5, now(), 1)`,
        [
          id,
          world.workspaceId,
          account,
          cipher.encrypt(new Secret('ya29.over'), `connections/${id}/access_token`),
          cipher.encrypt(new Secret(refreshToken), `connections/${id}/refresh_token`),
        ],
      );
    }
    return rows.map(({ id }) => id);
  }

  const DAMAGES = [
    ['copied from another row', '(SELECT refresh_token FROM connections WHERE id <> $1 LIMIT 1)'],
    [
      'with one bit flipped',
      `overlay(refresh_token PLACING chr(ascii(substr(refresh_token, 40, 1)) # 1) FROM 40)`,
    ],
    ['under an unknown key', `'gone' || substr(refresh_token, 4)`],
  ] as const;

  it.each(DAMAGES)(
    'F69: a token %s stops that connection only, until it is whole again',
    async (_what, damaged) => {
      const { id, account } = nth(world.connections, 1);
      const { rows } = await db.query<{ refresh_token: string }>(
        `SELECT refresh_token FROM connections WHERE id = $1`,
        [id],
      );
      await db.query(`UPDATE connections SET refresh_token = ${damaged} WHERE id = $1`, [id]);
      google.state.requests.clear();

      const answer = await availability();
      expect(answer).toMatchObject({
        status: 200,
        body: {
          calendar_health: { status: 'partial', successful_calendars: 4, failed_calendars: ['Calendar A'] },
        },
      });
      const seen = await service.call('GET', `/api/connections/${id}`, { key: world.key });
      expect(seen.body.last_error).toMatchObject({ code: 'token_undecryptable', actor: 'operator' });
      expect((await refresh(id)).status).toBeLessThan(500);
      expect(google.state.requests.count({ account })).toBe(0);
      const mails = await db.query(
        `SELECT 1 FROM connection_events WHERE connection_id = $1 AND kind = 'needs_reauth'`,
        [id],
      );
      expect(mails.rowCount).toBe(0);
      const alerts = service.log().filter(({ event }) => event === 'operator.alert');
      expect(alerts).toMatchObject([{ level: 'error', code: 'token_undecryptable' }]);

      await db.query('UPDATE connections SET refresh_token = $2 WHERE id = $1', [
        id,
        nth(rows, 0).refresh_token,
      ]);
      expect(await availability()).toMatchObject({
        status: 200,
        body: { calendar_health: { status: 'healthy' } },
      });
    },
  );

  it('F69: a missing key or another one stops the start, and no key is named', async () => {
    await service.stop();
    const secrets = 2 * (MANY + world.connections.length);
    const refusals = [
      [NEW, `key id old is missing, and ${secrets} stored secrets`],
      [IMPOSTOR, `key id old stands for another key than the one that ${secrets} stored secrets`],
      [`${NEW},${IMPOSTOR}`, `key id old stands for another key than the one that ${secrets} stored secrets`],
    ] as const;
    await Promise.all(
      refusals.map(async ([keys, reason]) => {
        const refusal = await start(keys).catch(String);
        expect(refusal).toContain(reason);
        for (const entry of keys.split(',')) expect(refusal).not.toContain(entry.slice(4));
      }),
    );
    const env = { ENCRYPTION_KEYS: NEW };
    const health = await runCommand('cli.js', ['--check-all'], { databaseUrl: database.url, google, env });
    expect(health).toMatchObject({ status: 3, stdout: '' });
    expect(health.stderr).toContain('key id old is missing');
  });

  it('F69: a damaged token does not stop it; rotation during refreshes fails no request, and leaves only that one', async () => {
    const { id } = nth(world.connections, 1);
    await db.query('UPDATE connections SET access_token = reverse(access_token) WHERE id = $1', [id]);
    service = await start(`${NEW},${OLD}`);
    google.state.faults.add({ endpoint: 'token.refresh', effect: { kind: 'latency', ms: 20 } });
    google.state.requests.clear();
    const statuses: number[] = [];
    const rotation = { ended: false };
    const refreshing = forEachConcurrently([0, 1, 2, 3, 4, 5], 6, async (lane) => {
      for (let round = lane; !rotation.ended; round += 6) {
        const asked = [refresh(nth(many, round % MANY)), ...(lane === 0 ? [availability()] : [])];
        statuses.push(...(await Promise.all(asked)).map(({ status }) => status));
      }
    });
    await until(() => google.state.requests.count({ endpoint: 'token.refresh' }) > 20);
    const rotated = await command(`${NEW},${OLD}`, '--rotate', '--json').finally(
      () => (rotation.ended = true),
    );
    await refreshing;

    expect(new Set(statuses)).toEqual(new Set([200]));
    const outcome: { checked: number; reencrypted: number } = JSON.parse(rotated.stdout);
    expect(outcome).toMatchObject({ undecryptable: 1, remaining: 1 });
    expect(outcome.reencrypted).toBeGreaterThan(MANY);
    expect(rotated.status).toBe(1);
    expect(rotated.stderr).toContain(`connections/${id}/access_token`);
    expect([await under('old'), await under('new')]).toEqual([0, 2 * MANY + 9]);
  });

  it('F69: afterwards the old key can go, and every token still opens', async () => {
    const { id } = nth(world.connections, 1);
    await db.query('DELETE FROM connections WHERE id = $1', [id]);
    expect(await command(`${NEW},${OLD}`, '--status')).toEqual({
      status: 0,
      stdout: `KEY  STATE       SECRETS\nnew  active      ${2 * (MANY + 4)}\nold  configured  0\n`,
      stderr: '',
    });
    await service.stop();
    service = await start(NEW);
    google.state.faults.clear();
    const cipher = new Cipher(parseEncryptionKeys(NEW));
    const { rows } = await db.query<{ id: string; text: string }>(
      'SELECT id, refresh_token AS text FROM connections',
    );
    const opened = rows.map((row) =>
      cipher.decrypt(row.text, `connections/${row.id}/refresh_token`).reveal(),
    );
    expect(new Set(opened).size).toBe(MANY + 4);
    expect(opened.filter((token) => !google.state.tokens.refreshTokens.has(token))).toEqual([]);
    const answers = await Promise.all([availability(), ...many.slice(0, 10).map(refresh)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('a lost key is told, forgotten, and its accounts are asked to connect again', async () => {
    const [id = ''] = many;
    await db.query(
      `UPDATE connections SET access_token = 'gone' || substr(access_token, 4),
         refresh_token = 'gone' || substr(refresh_token, 4) WHERE id = $1`,
      [id],
    );
    const [status, rotation] = await Promise.all([
      command(NEW, '--status', '--json'),
      command(NEW, '--rotate'),
    ]);
    expect(status.status).toBe(1);
    expect(JSON.parse(status.stdout).keys).toEqual([
      { key_id: 'new', state: 'active', ciphertexts: 2 * (MANY + 4) - 2 },
      { key_id: 'gone', state: 'missing', ciphertexts: 2 },
    ]);
    expect(rotation.status).toBe(1);
    expect(rotation.stdout).toContain('2 secrets not under the first key: 0 re-encrypted, 2 undecryptable.');
    expect(await command(NEW, '--forget', 'gone')).toEqual({
      status: 0,
      stdout: 'Erased 2 secrets under key gone.\n',
      stderr: '',
    });
    expect(await refresh(id)).toMatchObject({
      status: 401,
      body: { code: 'calendar_reauth_required', reauth_actor: 'user' },
    });
  });

  it('the command says how it is used, and what it cannot do', async () => {
    const [help, both, configured, malformed] = await Promise.all([
      command('nonsense', '--help'),
      command(NEW, '--rotate', '--status'),
      command(NEW, '--forget', 'new'),
      command('new:c2hvcnQ=', '--status'),
    ]);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toMatch(/--rotate[^]*Exit status[^]*Examples/);
    expect(both).toEqual({
      status: 3,
      stdout: '',
      stderr: 'Give one of --status, --rotate and --forget. See --help.\n',
    });
    expect(configured).toMatchObject({ status: 3, stdout: '' });
    expect(malformed).toMatchObject({ status: 3, stdout: '' });
    expect(malformed.stderr).toContain('key new must be 32 bytes');
    expect(malformed.stderr).not.toContain('c2hvcnQ');
  });
});

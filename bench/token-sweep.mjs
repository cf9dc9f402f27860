/**
 * The sweep that refreshes tokens before they end, on a database and a sandbox of its own:
 * `npm run build && node bench/token-sweep.mjs [--connections 2000] [--latency 100]`. All tokens end in the same
 * minute, and the token endpoint takes `latency` ms. Besides the machine, only the pace decides how long it takes.
 * Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { DIST, built, needBuild } from './support/build.mjs';

const PACE_PER_SECOND = 21;
const TARGET_PEAK_PER_SECOND = 25;
const TARGET_RATIO = 1.15;
const KEY = Buffer.alloc(32, 7);
const SCOPES = ['openid', 'email'];
const SAMPLE_MS = 250;

const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', default: '2000' },
    latency: { type: 'string', default: '100' },
  },
});

needBuild();
await import('reflect-metadata');
const { default: pg } = await import('pg');
const { DataSource } = await import('typeorm');
const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');
const { startGoogleServer, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } =
  await built('sandbox/google-server.js');
const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'database'), role: 'service' });
const google = await startGoogleServer();
try {
  await report(Number(options.connections), Number(options.latency));
} finally {
  await google.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function report(count, latencyMs) {
  await connect(count);
  // What a start costs: nothing is due.
  const idle = await sweep();
  await query(`UPDATE connections SET token_expires_at = now() + interval '1 minute',
    last_refreshed_at = now() - interval '59 minutes'`);
  google.state.faults.add({ endpoint: 'token', effect: { kind: 'latency', ms: latencyMs } });
  const run = await sweep();
  const calls = google.state.requests.list({ endpoint: 'token' });
  const times = calls.map(({ at }) => Date.parse(at));
  show({
    count,
    latencyMs,
    run,
    seconds: (times.at(-1) - times[0] + latencyMs) / 1000,
    peak: peakPerSecond(times),
    accounts: new Set(calls.map(({ account }) => account)).size,
    calls: calls.length,
    statements: (run.statements - idle.statements) / count,
  });
}

/** As the consents of `count` accounts would leave them. */
async function connect(count) {
  const { databaseOptions } = await built('data-source.js');
  const { ConnectionEntity } = await built('oauth/persistence/connection.entity.js');
  const { PostgresConnections } = await built('oauth/persistence/postgres-connections.js');
  const { Cipher } = await built('shared/cipher.js');
  const { forEachConcurrently } = await built('shared/concurrency.js');
  const { RandomIds } = await built('shared/ids.js');
  const source = await new DataSource(databaseOptions(postgres.url)).initialize();
  await source.runMigrations({ transaction: 'each' });
  const cipher = new Cipher(new Map([['bench', KEY]]));
  const connections = new PostgresConnections(
    source.getRepository(ConnectionEntity),
    cipher,
    new RandomIds(),
  );
  const [{ id: workspaceId }] = await source.query(
    `INSERT INTO workspaces (id, name, timezone) VALUES (gen_random_uuid(), 'Bench', 'UTC') RETURNING id`,
  );
  const grants = await Promise.all(Array.from({ length: count }, (_, n) => grantOf(`${n}@example.com`)));
  await forEachConcurrently(grants, 8, async (grant) => {
    await connections.connect({ workspaceId, ...grant.account }, grant, SCOPES);
  });
  await source.destroy();
}

async function grantOf(email) {
  const { Secret } = await built('shared/secret.js');
  const token = `1//refresh-token-of-${email}`;
  const owner = { account: email, clientId: SANDBOX_CLIENT_ID, scopes: SCOPES };
  google.state.accounts.add({ email, calendars: [{ name: 'Own', timezone: 'UTC' }] });
  google.state.tokens.allow(email, SANDBOX_CLIENT_ID, SCOPES);
  google.state.tokens.addRefreshToken({ ...owner, token, expiresAt: null });
  return {
    accessToken: new Secret(`ya29.access-token-of-${email}`),
    refreshToken: new Secret(token),
    expiresAt: Date.now() + 3_600_000,
    refreshExpiresAt: null,
    scopes: null,
    account: { email, sub: email },
  };
}

/** `calendar-health --refresh-tokens` as its own process. */
async function sweep() {
  const before = await statementsSoFar();
  const child = spawn(process.execPath, [join(DIST, 'cli.js'), '--refresh-tokens', '--json'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATABASE_URL: postgres.url,
      ADMIN_API_KEY: 'admin-key-of-the-bench',
      ENCRYPTION_KEYS: `bench:${KEY.toString('base64')}`,
      GOOGLE_CLIENT_ID: SANDBOX_CLIENT_ID,
      GOOGLE_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
      GOOGLE_API_ROOT_URL: google.url,
      GOOGLE_TOKEN_URL: `${google.url}/token`,
    },
  });
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (complaint += chunk));
  const resident = [];
  const sampling = setInterval(() => void sample(child.pid, resident), SAMPLE_MS);
  await once(child, 'close');
  clearInterval(sampling);
  if (output === '') throw new Error(`The sweep ended with ${child.exitCode}: ${complaint}`);
  const statements = (await statementsSoFar()) - before;
  return { ...JSON.parse(output), statements, resident };
}

/** From the first refresh on, what the process holds. */
async function sample(pid, resident) {
  if (google.state.requests.count({ endpoint: 'token' }) === 0) return;
  const ps = promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
  // It may have just ended.
  const { stdout } = await ps.catch(() => ({ stdout: '' }));
  if (stdout !== '') resident.push(Number(stdout) / 1024);
}

/** Each statement of the service is a transaction of its own; a backend that has ended has told all of its own. */
async function statementsSoFar() {
  const sql = `SELECT (xact_commit + xact_rollback)::int AS statements FROM pg_stat_database
    WHERE datname = current_database()`;
  return (await query(sql))[0].statements;
}

async function query(sql) {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function peakPerSecond(times) {
  let first = 0;
  let peak = 0;
  for (const [index, at] of times.entries()) {
    while (times[first] <= at - 1000) first += 1;
    peak = Math.max(peak, index - first + 1);
  }
  return peak;
}

function show({ count, latencyMs, run, seconds, peak, accounts, calls, statements }) {
  const ideal = count / PACE_PER_SECOND;
  const [start = 0] = run.resident;
  console.log(`\n${count} tokens of one minute, token endpoint at ${latencyMs} ms\n`);
  console.table({
    'refreshed, of all': `${run.refreshed} of ${count}`,
    'calls to the token endpoint': calls,
    'accounts asked': accounts,
    'time, s': seconds.toFixed(1),
    [`time, ratio to ${PACE_PER_SECOND} a second`]: (seconds / ideal).toFixed(3),
    'most calls within a second': peak,
    'SQL statements for each': statements.toFixed(2),
    'resident at the first call, MB': start.toFixed(0),
    'resident at the most, MB': Math.max(0, ...run.resident).toFixed(0),
  });
  const isOnce = run.refreshed === count && calls === count && accounts === count;
  const isInPace = peak <= TARGET_PEAK_PER_SECOND && seconds / ideal <= TARGET_RATIO;
  console.log(`Each once: ${isOnce ? 'yes' : 'no'}.`);
  console.log(
    `At most ${TARGET_PEAK_PER_SECOND} a second, within ${TARGET_RATIO} of the pace: ${isInPace ? 'yes' : 'no'}.`,
  );
  process.exitCode = isOnce && isInPace ? 0 : 1;
}

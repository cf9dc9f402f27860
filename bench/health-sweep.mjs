/**
 * The check of all calendars, on a database and a sandbox of its own:
 * `npm run build && node bench/health-sweep.mjs [--connections 10000] [--latency 100]`. Google's calendar endpoints
 * take `latency` ms. Time is compared with what the quota's share for sweeps and the accounts asked at once allow.
 * Memory held is what is left after a full collection; what the process has from the system contains garbage as well.
 * Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { DIST, built, needBuild } from './support/build.mjs';

/** src/calendars/call-quota.ts: a fifth of 10,000 calls in the first minute, and less in each that follows. */
const SWEEPS = { burst: 200, perSecond: 30 };
const TARGET_PER_MINUTE = 2000;
const CONCURRENCY = 10;
const CALLS_PER_ACCOUNT = 2;
const TARGET_RATIO = 1.1;
const TARGET_GROWTH_MB = 50;
const TARGET_STATEMENTS = 3;
const KEY = Buffer.alloc(32, 7);
const SCOPES = ['calendarlist.readonly', 'events.freebusy', 'events'].map(
  (name) => `https://www.googleapis.com/auth/calendar.${name}`,
);
const SAMPLE_MS = 500;
const MB = 1024 * 1024;
/** Shares of the accounts asked, at which the memory held is looked at. */
const COLLECT_AT = [0.01, 0.98];
/** Collects all garbage and tells what is left, when it is asked to. */
const MEMORY_PROBE = `data:text/javascript,
  process.on('message', () => { gc(); process.send(process.memoryUsage()); });
  process.channel.unref();`.replaceAll(/\s+/g, ' ');

const { values: options } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
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
const statementLog = join(folder, 'database', 'postgres.log');
try {
  await report(Number(options.connections), Number(options.latency));
} finally {
  await google.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function report(count, latencyMs) {
  await connect(count);
  for (const endpoint of ['freeBusy', 'calendarList'])
    google.state.faults.add({ endpoint, effect: { kind: 'latency', ms: latencyMs } });
  // From now on the server logs every statement.
  await query(`ALTER SYSTEM SET log_statement = 'all'`);
  await query('SELECT pg_reload_conf()');
  // What the command costs besides: an empty workspace of the same database.
  const idle = await check('--workspace-id', await workspace('Empty'));
  google.state.requests.clear();
  const run = await check();
  const times = calls().map(({ at }) => Date.parse(at));
  show({
    count,
    latencyMs,
    run,
    calls: times.length,
    accounts: new Set(calls().map(({ account }) => account)).size,
    seconds: (times.at(-1) - times[0] + latencyMs) / 1000,
    perMinute: mostWithin(times, 60_000),
    statements: ((run.statements - idle.statements) / count) * 500,
  });
}

function calls() {
  return ['freeBusy', 'calendarList']
    .flatMap((endpoint) => google.state.requests.list({ endpoint }))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** As the consents of `count` accounts would leave them: a calendar each, and tokens that are good for an hour. */
async function connect(count) {
  const { databaseOptions } = await built('data-source.js');
  const { ConnectionEntity } = await built('oauth/persistence/connection.entity.js');
  const { PostgresConnections } = await built('oauth/persistence/postgres-connections.js');
  const { CalendarEntity } = await built('calendars/persistence/calendar.entity.js');
  const { PostgresCalendars } = await built('calendars/persistence/postgres-calendars.js');
  const { Cipher } = await built('shared/cipher.js');
  const { forEachConcurrently } = await built('shared/concurrency.js');
  const { RandomIds } = await built('shared/ids.js');
  const source = await new DataSource(databaseOptions(postgres.url)).initialize();
  await source.runMigrations({ transaction: 'each' });
  await source.destroy();
  const workspaceId = await workspace('Bench');
  await source.initialize();
  const ids = new RandomIds();
  const cipher = new Cipher(new Map([['bench', KEY]]));
  const connections = new PostgresConnections(source.getRepository(ConnectionEntity), cipher, ids);
  const calendars = new PostgresCalendars(source.getRepository(CalendarEntity), ids);
  const emails = Array.from({ length: count }, (_, n) => `${n}@example.com`);
  await forEachConcurrently(emails, 8, async (email) => {
    const grant = await grantOf(email);
    const { id: connectionId } = await connections.connect({ workspaceId, ...grant.account }, grant, SCOPES);
    await calendars.sync({ workspaceId, connectionId }, [calendarOf(email)]);
  });
  await source.query('VACUUM ANALYZE');
  await source.destroy();
}

async function workspace(name) {
  const sql = `INSERT INTO workspaces (id, name, timezone) VALUES (gen_random_uuid(), $1, 'UTC') RETURNING id`;
  return (await query(sql, [name]))[0].id;
}

function calendarOf(email) {
  return { externalId: email, name: email, timezone: 'UTC', accessRole: 'owner', primary: true };
}

async function grantOf(email) {
  const { Secret } = await built('shared/secret.js');
  const expiresAt = Date.now() + 3 * 3_600_000;
  const owner = { account: email, clientId: SANDBOX_CLIENT_ID, scopes: SCOPES };
  google.state.accounts.add({ email, calendars: [{ name: email, timezone: 'UTC' }] });
  google.state.tokens.allow(email, SANDBOX_CLIENT_ID, SCOPES);
  const token = `ya29.access-token-of-${email}`;
  google.state.tokens.accessTokens.set(token, { ...owner, token, expiresAt });
  return {
    accessToken: new Secret(token),
    refreshToken: new Secret(`1//refresh-token-of-${email}`),
    expiresAt,
    refreshExpiresAt: null,
    scopes: null,
    account: { email, sub: email },
  };
}

/** `calendar-health --check-all` as its own process. */
async function check(...more) {
  const before = statementsSoFar();
  const probed = ['--expose-gc', '--import', MEMORY_PROBE];
  const child = spawn(process.execPath, [...probed, join(DIST, 'cli.js'), '--check-all', '--json', ...more], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
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
  const memory = { resident: [], held: [] };
  child.on('message', ({ heapUsed, external }) => memory.held.push((heapUsed + external) / MB));
  const sampling = setInterval(() => void sample(child, memory.resident), SAMPLE_MS);
  await once(child, 'close');
  clearInterval(sampling);
  if (output === '') throw new Error(`The check ended with ${child.exitCode}: ${complaint}`);
  return { ...JSON.parse(output), ...memory, statements: statementsSoFar() - before };
}

/** While accounts are asked; the report afterwards is another matter. */
async function sample(child, resident) {
  const asked = google.state.requests.count({ endpoint: 'freeBusy' }) / Number(options.connections);
  if (asked === 0 || asked >= 0.995) return;
  if (asked >= COLLECT_AT[0]) {
    COLLECT_AT.shift();
    child.send('collect');
  }
  const ps = promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)]);
  // It may have just ended.
  const { stdout } = await ps.catch(() => ({ stdout: '' }));
  if (stdout !== '') resident.push((Number(stdout) * 1024) / MB);
}

/** Of the service, by the server's log: its own upkeep is not in there. */
function statementsSoFar() {
  return readFileSync(statementLog, 'utf8').match(/LOG: {2}(statement|execute)/g)?.length ?? 0;
}

async function query(sql, parameters = []) {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return (await client.query(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

function mostWithin(times, ms) {
  let first = 0;
  let most = 0;
  for (const [index, at] of times.entries()) {
    while (times[first] <= at - ms) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function show({ count, latencyMs, run, calls: called, accounts, seconds, perMinute, statements }) {
  const wanted = count * CALLS_PER_ACCOUNT;
  const byAccounts = (wanted * latencyMs) / CONCURRENCY / 1000;
  const byQuota = Math.max(0, wanted - SWEEPS.burst) / SWEEPS.perSecond + latencyMs / 1000;
  const ideal = Math.max(byAccounts, byQuota);
  const [start = 0] = run.resident;
  const [heldAtFirst = 0, heldAtLast = 0] = run.held;
  console.log(`\n${count} accounts, Google at ${latencyMs} ms\n`);
  console.table({
    'healthy calendars': `${run.totals.healthy_calendars} of ${count}`,
    'accounts asked': accounts,
    'calls of Google': called,
    'time, s': seconds.toFixed(1),
    [`ideal by latency, ${CONCURRENCY} at once, s`]: byAccounts.toFixed(1),
    [`ideal by the quota's share, ${SWEEPS.perSecond} a second, s`]: byQuota.toFixed(1),
    'what binds': byQuota > byAccounts ? 'the quota' : 'the latency',
    'time, ratio to the ideal': (seconds / ideal).toFixed(3),
    'most calls within a minute': perMinute,
    'SQL statements per 500 accounts': statements.toFixed(2),
    'memory held at the first accounts, MB': heldAtFirst.toFixed(0),
    'held at the last, MB': heldAtLast.toFixed(0),
    'resident at the first accounts, garbage included, MB': start.toFixed(0),
    'resident at the most, MB': Math.max(0, ...run.resident).toFixed(0),
  });
  const verdicts = {
    'Each account once': called === wanted && accounts === count && run.totals.healthy_calendars === count,
    [`Within ${TARGET_RATIO} of the ideal`]: seconds / ideal <= TARGET_RATIO,
    [`At most ${TARGET_PER_MINUTE} calls a minute`]: perMinute <= TARGET_PER_MINUTE,
    [`At most ${TARGET_STATEMENTS} statements per 500 accounts`]: statements <= TARGET_STATEMENTS,
    [`At most ${TARGET_GROWTH_MB} MB more held`]: heldAtLast - heldAtFirst <= TARGET_GROWTH_MB,
  };
  for (const [target, isMet] of Object.entries(verdicts)) console.log(`${target}: ${isMet ? 'yes' : 'no'}.`);
  process.exitCode = Object.values(verdicts).every(Boolean) ? 0 : 1;
}

/**
 * What one calendar of five that never answers costs those who ask for free times:
 * `npm run build && node bench/hanging-calendar.mjs [--rounds 10] [--requests 30] [--latency 50]`. The service is a
 * process of its own, on a database and a sandbox of its own, which takes `latency` ms for each answer. Every round has
 * new accounts, and its parts take turns with the same requests of a neighbour, a workspace that nothing fails.
 * Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DIST, built, needBuild } from './support/build.mjs';
import { quantile } from './support/figures.mjs';
import { freePort } from './support/free-port.mjs';

const ADMIN_KEY = 'admin-key-of-the-bench';
const CALENDARS = 5;
const OPENS_AFTER = 5;
const START_LIMIT_MS = 30_000;
const DAY_MS = 86_400_000;
/** F31. */
const TARGETS = { firstP99: 4000, openP99: 800, neighbourRatio: 2 };

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    requests: { type: 'string', default: '30' },
    latency: { type: 'string', default: '50' },
  },
});

needBuild();
const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');
const { startGoogleServer, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } =
  await built('sandbox/google-server.js');
const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'database'), role: 'service' });
const google = await startGoogleServer();
const service = await startService();
try {
  await report();
} finally {
  service.process.kill('SIGTERM');
  await once(service.process, 'exit');
  await google.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function startService() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(DIST, 'main.js')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: url,
      DATABASE_URL: postgres.url,
      ADMIN_API_KEY: ADMIN_KEY,
      ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
      GOOGLE_CLIENT_ID: SANDBOX_CLIENT_ID,
      GOOGLE_CLIENT_SECRET: SANDBOX_CLIENT_SECRET,
      GOOGLE_API_ROOT_URL: google.url,
      GOOGLE_AUTH_URL: `${google.url}/o/oauth2/v2/auth`,
      GOOGLE_TOKEN_URL: `${google.url}/token`,
      GOOGLE_REVOKE_URL: `${google.url}/revoke`,
      SCHEDULER_ENABLED: 'false',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += chunk));
  const startedAt = performance.now();
  while ((await fetch(`${url}/api/health/ready`).catch(() => null))?.status !== 200) {
    const late = performance.now() - startedAt > START_LIMIT_MS;
    if (child.exitCode !== null || late) throw new Error(`It did not become ready: ${complaint}`);
    await delay(50);
  }
  return { url, process: child };
}

async function report() {
  const rounds = Math.max(1, Number(options.rounds));
  const times = { healthy: [], first: [], open: [], alone: [], besideFirst: [], besideOpen: [] };
  // The first requests of a process load and compile what the others find ready.
  await measure(1, { healthy: [], first: [], open: [], alone: [], besideFirst: [], besideOpen: [] });
  const residentBefore = residentMb();
  for (let round = 1; round <= rounds; round += 1) await measure(round, times);
  show(times, { rounds, residentBefore, residentAfter: residentMb() });
}

/** One round: nothing fails, then the calendar hangs and is asked, then it is left alone. */
async function measure(round, times) {
  google.state.faults.clear();
  google.state.faults.add({
    endpoint: 'freeBusy',
    effect: { kind: 'latency', ms: Number(options.latency) },
  });
  const [world, neighbour] = [await aWorld(`w${round}`), await aWorld(`n${round}`)];
  const requests = Number(options.requests);
  const inTurn = async (mine, theirs) => {
    for (let n = 0; n < requests; n += 1) {
      mine.push(await ask(world, n));
      theirs.push(await ask(neighbour, n));
    }
  };
  await inTurn(times.healthy, times.alone);

  google.state.faults.add({ endpoint: 'freeBusy', account: world.accounts[1], effect: { kind: 'hang' } });
  const beside = async () => {
    for (let n = 0; n < requests / 2; n += 1) times.besideFirst.push(await ask(neighbour, n));
  };
  const hanging = Array.from({ length: OPENS_AFTER }, (_, n) => ask(world, n));
  times.first.push(...(await Promise.all([...hanging, beside()])).slice(0, OPENS_AFTER));
  const calls = google.state.requests.count({ endpoint: 'freeBusy', account: world.accounts[1] });
  await inTurn(times.open, times.besideOpen);
  if (google.state.requests.count({ endpoint: 'freeBusy', account: world.accounts[1] }) !== calls)
    throw new Error('The hanging calendar was asked although its circuit is open');
}

/** How long a request took, in milliseconds; it must have the expected share of live calendars. */
async function ask({ key, configuration, accounts }, n) {
  const date = new Date(Date.now() + (2 + n) * DAY_MS).toISOString().slice(0, 10);
  const startedAt = performance.now();
  const { calendar_health: health } = await call(
    key,
    `/calendars/configurations/${configuration}/check-availability`,
    { date },
  );
  const tookMs = performance.now() - startedAt;
  const hangs = google.state.faults.list().some(({ account }) => accounts.includes(account));
  const live = health.calendars.filter(({ source }) => source === 'live').length;
  if (live !== (hangs ? CALENDARS - 1 : CALENDARS)) throw new Error(`${live} calendars are live`);
  return tookMs;
}

/** A workspace with a configuration over five calendars of five accounts. */
async function aWorld(name) {
  const { api_key: key } = await call(ADMIN_KEY, '/admin/workspaces', { name });
  const accounts = Array.from(
    { length: CALENDARS },
    (_, n) => `${n}.${name}.${crypto.randomUUID().slice(0, 8)}@example.com`,
  );
  const ids = [];
  for (const email of accounts) {
    google.state.accounts.add({ email, calendars: [{ id: email, name: 'Own', timezone: 'UTC' }] });
    const { authorization_url: url } = await call(key, '/oauth/google/authorize', {});
    const consent = await post(`${google.url}/sandbox/consent`, { authorization_url: url, account: email });
    const connected = await fetch(consent.redirect_url);
    ids.push((await connected.json()).calendars[0].id);
  }
  const { id: configuration } = await call(key, '/calendars/configurations', {
    name,
    calendar_id: ids[0],
    conflict_calendar_ids: ids,
    timezone: 'UTC',
    duration_minutes: 30,
    from_time: '09:00',
    to_time: '17:00',
    workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
    max_days_ahead: 90,
  });
  return { key, configuration, accounts };
}

function call(key, path, body) {
  return post(`${service.url}/api${path}`, body, { Authorization: `Bearer ${key}` });
}

async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

function residentMb() {
  const rss = execFileSync('ps', ['-o', 'rss=', '-p', String(service.process.pid)], { encoding: 'utf8' });
  return Number(rss) / 1024;
}

function show(times, { rounds, residentBefore, residentAfter }) {
  const p = (name, share) => quantile(times[name], share);
  const row = (name, reference) => ({
    requests: times[name].length,
    'p50, ms': p(name, 0.5).toFixed(0),
    'p99, ms': p(name, 0.99).toFixed(0),
    'p50, ratio': (p(name, 0.5) / p(reference, 0.5)).toFixed(2),
    'p99, ratio': (p(name, 0.99) / p(reference, 0.99)).toFixed(2),
  });
  console.log(
    `\nFree times over ${CALENDARS} calendars, ${options.latency} ms an answer, ${rounds} rounds\n`,
  );
  console.table({
    'nothing fails': row('healthy', 'healthy'),
    'one hangs, at first': row('first', 'healthy'),
    'one hangs, left alone': row('open', 'healthy'),
    'neighbour, nothing fails': row('alone', 'alone'),
    'neighbour, one hangs, at first': row('besideFirst', 'alone'),
    'neighbour, one hangs, left alone': row('besideOpen', 'alone'),
  });
  console.log(`Calls still open at the sandbox: ${google.openCalls()}.`);
  console.log(`Resident, MB: ${residentBefore.toFixed(0)} before, ${residentAfter.toFixed(0)} after.`);
  const neighbour = Math.max(p('besideFirst', 0.99), p('besideOpen', 0.99)) / p('alone', 0.99);
  const verdicts = {
    [`At first within ${TARGETS.firstP99} ms (p99)`]: p('first', 0.99) <= TARGETS.firstP99,
    [`Left alone within ${TARGETS.openP99} ms (p99)`]: p('open', 0.99) <= TARGETS.openP99,
    [`The neighbour's p99 within ${TARGETS.neighbourRatio} of its own`]: neighbour <= TARGETS.neighbourRatio,
    'No call left open': google.openCalls() === 0,
  };
  for (const [target, met] of Object.entries(verdicts)) console.log(`${target}: ${met ? 'yes' : 'no'}.`);
  process.exitCode = Object.values(verdicts).every(Boolean) ? 0 : 1;
}

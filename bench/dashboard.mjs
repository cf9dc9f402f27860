/**
 * What the dashboard costs over ten thousand calendars: the first view of a browser that knows nothing yet, and a
 * hundred open pages. `npm run build && node bench/dashboard.mjs [--calendars 10000] [--pages 100] [--rounds 7]`, with
 * Debian's Chromium. The first view takes turns with a bare page of one script from a bare server: the browser's own
 * share. Exit status: 0 within the targets, 1 not, 2 no build or no browser.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DIST, built } from './support/build.mjs';
import { median } from './support/figures.mjs';

const CHROMIUM = '/usr/bin/chromium';
const ADMIN_KEY = 'admin-key-of-the-bench';
const TARGET_KB = 200;
const TARGET_INTERACTIVE_MS = 1000;
const TARGET_CPU_SHARE = 0.25;
const LOOK_MS = 5000;
const WATCHED_MS = 30_000;
const TICKS_PER_SECOND = 100;

const { values: options } = parseArgs({
  options: {
    calendars: { type: 'string', default: '10000' },
    pages: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '7' },
  },
});

if (!existsSync(join(DIST, 'main.js')) || !existsSync(CHROMIUM)) {
  console.error('no build, or no browser: run `npm run build`, and install chromium');
  process.exit(2);
}
const { chromium } = await import('playwright-core');
const { default: pg } = await import('pg');
const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'database'), role: 'service' });
const service = await startService();
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
try {
  await fill(Number(options.calendars));
  await report();
} finally {
  await browser.close();
  service.child.kill('SIGTERM');
  await once(service.child, 'exit');
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function startService() {
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn(process.execPath, [join(DIST, 'main.js')], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      DATABASE_URL: postgres.url,
      DATA_DIR: join(folder, 'data'),
      ADMIN_API_KEY: ADMIN_KEY,
      SCHEDULER_ENABLED: 'false',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while ((await fetch(`${url}/api/health/ready`).catch(() => null))?.status !== 200) await delay(50);
  return { child, url };
}

async function fill(calendars) {
  const db = new pg.Client({ connectionString: postgres.url });
  await db.connect();
  for (const statement of [
    `INSERT INTO workspaces (id, name, timezone)
       SELECT gen_random_uuid(), 'Workspace ' || n, 'UTC' FROM generate_series(1, 100) AS n`,
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
       SELECT gen_random_uuid(), w.id, 'google', n || '@example.com', 'active'
       FROM generate_series(1, ${calendars / 5}) AS n
       JOIN (SELECT id, row_number() OVER () - 1 AS place FROM workspaces) w ON w.place = n % 100`,
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role,
         health_status, health_checked_at, health_category, health_message, unhealthy_since)
       SELECT gen_random_uuid(), workspace_id, id, account_email || n, 'Room ' || n, 'UTC', 'owner',
         CASE WHEN failing THEN 'unhealthy' ELSE 'healthy' END, now(),
         CASE WHEN failing THEN 'permission_error' END, CASE WHEN failing THEN 'Not shared any more.' END,
         CASE WHEN failing THEN now() - interval '3 hours' END
       FROM connections, generate_series(1, 5) AS n, LATERAL (SELECT random() < 0.01 AS failing) AS fate`,
    `INSERT INTO calendar_observations (calendar_id, started_at)
       SELECT id, now() - interval '40 days' FROM calendars ON CONFLICT DO NOTHING`,
    'VACUUM ANALYZE',
  ])
    await db.query(statement);
  await db.end();
}

async function report() {
  console.log(`\n${options.calendars} calendars, ${options.rounds} rounds, ${options.pages} open pages\n`);
  const cookie = await signIn();
  const [own, bare] = await inTurn(cookie);
  console.table({
    'first view of the dashboard': { 'interactive, ms': own.ms, 'compressed, kB': own.kb },
    'bare page of one script': { 'interactive, ms': bare.ms, 'compressed, kB': bare.kb },
    ratio: { 'interactive, ms': (own.ms / bare.ms).toFixed(1) },
  });
  const watched = await watch(cookie);
  console.table({ [`${options.pages} open pages, every ${LOOK_MS / 1000} s`]: watched });
  const isMet =
    own.kb <= TARGET_KB && own.ms <= TARGET_INTERACTIVE_MS && watched['share of a core'] <= TARGET_CPU_SHARE;
  console.log(
    `At most ${TARGET_KB} kB, interactive within ${TARGET_INTERACTIVE_MS} ms, at most ${TARGET_CPU_SHARE} of a core: ${isMet ? 'yes' : 'no'}.`,
  );
  process.exitCode = isMet ? 0 : 1;
}

async function signIn() {
  const answer = await fetch(`${service.url}/api/admin/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ admin_key: ADMIN_KEY }),
  });
  const [, name, value] = /^(\w+)=([^;]+)/.exec(answer.headers.get('set-cookie'));
  return { name, value, path: '/api/admin', domain: '127.0.0.1' };
}

/** Each view by a browser context without a cache, in turn; medians. */
async function inTurn(cookie) {
  const server = createServer((request, response) => {
    const isScript = request.url === '/script.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript
        ? 'document.body.innerHTML = "<h1>Overview</h1>"'
        : '<body><script type="module" src="/script.js"></script>',
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const views = [`${service.url}/dashboard`, `http://127.0.0.1:${server.address().port}/`];
  const found = views.map(() => []);
  for (let round = 0; round <= Number(options.rounds); round += 1)
    for (const [n, url] of views.entries()) {
      const view = await firstView(url, cookie);
      // The first round warms up.
      if (round > 0) found[n].push(view);
    }
  server.close();
  return found.map((all) => ({ ms: Math.round(median(all.map(({ ms }) => ms))), kb: all[0].kb }));
}

/** Until the title is there, with what it stands over. */
async function firstView(url, cookie) {
  const context = await browser.newContext();
  await context.addCookies([cookie]);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  const startedAt = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  if (url.endsWith('/dashboard')) await page.getByRole('button', { name: 'Check all now' }).waitFor();
  const ms = performance.now() - startedAt;
  await page.waitForLoadState('networkidle');
  await context.close();
  return { ms, kb: Math.round(bytes / 102.4) / 10 };
}

/** As many clients as pages, that ask as the pages do; a page in a browser each would measure the browser. */
async function watch({ name, value }) {
  const paths = ['overview', 'calendars?limit=50', 'workspaces?limit=50', 'calendars?limit=50&search=room+3'];
  const times = [];
  const statuses = {};
  const endsAt = performance.now() + WATCHED_MS;
  const cpuBefore = cpuSeconds();
  const one = async (n) => {
    const url = `${service.url}/api/admin/calendar-health/${paths[n % paths.length]}`;
    const headers = { Cookie: `${name}=${value}`, 'X-Slotkeeper-Dashboard': '1' };
    await delay((n / Number(options.pages)) * LOOK_MS);
    while (performance.now() < endsAt) {
      const askedAt = performance.now();
      const answer = await fetch(url, { headers });
      await answer.arrayBuffer();
      times.push(performance.now() - askedAt);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      headers['If-None-Match'] = answer.headers.get('etag');
      await delay(LOOK_MS);
    }
  };
  await Promise.all(Array.from({ length: Number(options.pages) }, (_, n) => one(n)));
  const share = (cpuSeconds() - cpuBefore) / (WATCHED_MS / 1000);
  return {
    'share of a core': Math.round(share * 1000) / 1000,
    'median, ms': median(times).toFixed(1),
    'p99, ms': times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)].toFixed(1),
    'answers 200': statuses[200] ?? 0,
    'answers 304': statuses[304] ?? 0,
  };
}

/** User and system time of the service, as the kernel counts it. */
function cpuSeconds() {
  const stat = readFileSync(`/proc/${service.child.pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

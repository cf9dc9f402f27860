/**
 * What measuring costs: `npm run build && node bench/metrics.mjs [--rounds 7] [--bookings 1000000]`.
 *
 * A request of bare Fastify, the reference, and what the hook does of one take turns; their CPU time is the figure. Then
 * the statement of a scrape, which is asked at most once in 15 seconds, on 10,000 calendars and many bookings; counting
 * these alone is the reference.
 * Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Fastify from 'fastify';
import { DataSource } from 'typeorm';
import { built, needBuild } from './support/build.mjs';
import { median } from './support/figures.mjs';

const REQUESTS = 4000;
/** Of the CPU time of one request with auth and a statement, 45 µs, this is a tenth. */
const TARGET_MICROSECONDS = 4.5;
const TARGET_SCRAPE_MS = 1000;
const CALENDARS = 10_000;

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, bookings: { type: 'string', default: '1000000' } },
});

needBuild();
const hook = await hookCost(Math.max(5, Number(options.rounds)));
const scrape = await scrapeCost(Number(options.bookings));
process.exit(hook <= TARGET_MICROSECONDS && scrape <= TARGET_SCRAPE_MS ? 0 : 1);

/** Microseconds of CPU for what the hook does of one request. */
async function hookCost(rounds) {
  const { PromMetrics } = await built('shared/prom-metrics.js');
  const metrics = new PromMetrics();
  const fastify = await bareApp();
  const contenders = { request: () => served(fastify), hook: () => measured(metrics) };
  const micros = { request: [], hook: [] };
  for (const run of Object.values(contenders)) await run();
  for (let round = 0; round < rounds; round += 1)
    for (const name of round % 2 === 0 ? ['request', 'hook'] : ['hook', 'request'])
      micros[name].push(await contenders[name]());
  console.log(`A request of bare Fastify (inject)     ${spread(micros.request)} µs CPU`);
  console.log(
    `What measuring does of it              ${spread(micros.hook)} µs CPU (target ${TARGET_MICROSECONDS})`,
  );
  console.log(
    `Ratio                                  ${(median(micros.hook) / median(micros.request)).toFixed(3)}`,
  );
  return median(micros.hook);
}

async function bareApp() {
  const fastify = Fastify();
  fastify.get('/api/bookings/:id', (request) => ({ id: request.params.id, status: 'confirmed' }));
  await fastify.ready();
  return fastify;
}

function served(fastify) {
  return cpuOf(REQUESTS, async (n) => void (await fastify.inject(`/api/bookings/${n}`)));
}

/** Among as many series as a service in use has. */
function measured(metrics) {
  const routes = Array.from({ length: 40 }, (_, n) => `/api/things/:id/${n}`);
  return cpuOf(REQUESTS * 10, (n) =>
    metrics.request('GET', routes[n % 40], [200, 200, 200, 404][n % 4], (n % 300) / 1000),
  );
}

async function cpuOf(count, work) {
  const before = process.cpuUsage();
  for (let n = 0; n < count; n += 1) await work(n);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Milliseconds of the statement that a scrape asks. */
async function scrapeCost(bookings) {
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
  const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');
  const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'service' });
  const { databaseOptions } = await built('data-source.js');
  const source = await new DataSource(databaseOptions(postgres.url)).initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
    await fill(source, bookings);
    const { PostgresStoredState } = await built('health/persistence/postgres-stored-state.js');
    const state = new PostgresStoredState(source);
    const times = [];
    for (let round = 0; round < 7; round += 1) times.push(await elapsed(() => state.count()));
    const reference = [];
    for (let round = 0; round < 7; round += 1)
      reference.push(await elapsed(() => source.query('SELECT count(*) FROM bookings')));
    console.log(`\n${CALENDARS} calendars, ${bookings} bookings:`);
    console.log(`Counting the bookings alone            ${spread(reference)} ms`);
    console.log(`The statement of a scrape              ${spread(times)} ms (target ${TARGET_SCRAPE_MS})`);
    console.log(`Ratio                                  ${(median(times) / median(reference)).toFixed(2)}`);
    return median(times);
  } finally {
    await source.destroy();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(source, bookings) {
  await source.query(
    `INSERT INTO workspaces (id, name, timezone) VALUES (gen_random_uuid(), 'Bench', 'UTC')`,
  );
  await source.query(
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
     SELECT gen_random_uuid(), w.id, 'google', n || '@example.com', 'active' FROM workspaces w, generate_series(1, $1::int) n`,
    [CALENDARS / 2],
  );
  await source.query(
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role, health_status)
     SELECT gen_random_uuid(), c.workspace_id, c.id, n::text, 'C', 'UTC', 'owner', 'healthy'
     FROM connections c, generate_series(1, 2) n`,
  );
  await source.query(
    `INSERT INTO bookings (id, workspace_id, calendar_id, config_name, status, start_at, end_at, timezone, title,
       attendee_email, meeting_type, create_meet_link, event_id)
     SELECT gen_random_uuid(), k.workspace_id, k.id, 'C', 'confirmed', now() + (n % 700 - 600) * interval '1 day',
       now() + (n % 700 - 600) * interval '1 day' + interval '1 hour', 'UTC', 'T', 'pat@example.com', 'online', false, n::text
     FROM (SELECT id, workspace_id FROM calendars LIMIT 1) k, generate_series(1, $1::int) n`,
    [bookings],
  );
  await source.query('ANALYZE');
}

async function elapsed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function spread(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`;
}

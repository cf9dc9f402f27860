/**
 * What service levels and trends cost over a long history, on a database of its own:
 * `npm run build && node bench/health-history.mjs [--calendars 10000] [--days 90] [--checks-per-day 1]`. The answers
 * are timed against a bare sum over the same hourly rows, in turn. Plans are looked at for the indexes they use.
 * Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { built, needBuild } from './support/build.mjs';
import { median } from './support/figures.mjs';

const ROUNDS = 7;
const WORKSPACES = 100;
const OUTAGES_PER_CALENDAR = 3;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const TARGET_RATIO = 3;
const TABLES = ['calendar_checks', 'calendar_check_hours', 'calendar_outages', 'calendar_observations'];

const { values: options } = parseArgs({
  options: {
    calendars: { type: 'string', default: '10000' },
    days: { type: 'string', default: '90' },
    'checks-per-day': { type: 'string', default: '1' },
  },
});

needBuild();
await import('reflect-metadata');
const { DataSource } = await import('typeorm');
const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');
const { databaseOptions } = await built('data-source.js');
const { PostgresHealthHistory } = await built('health/persistence/postgres-health-history.js');
const sql = await built('health/persistence/history-statements.js');
const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'database'), role: 'service' });
const source = await new DataSource(databaseOptions(postgres.url)).initialize();
try {
  await report();
} finally {
  await source.destroy();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function report() {
  const [calendars, days] = [Number(options.calendars), Number(options.days)];
  const checksPerDay = Number(options['checks-per-day']);
  await source.runMigrations({ transaction: 'each' });
  const filledInMs = await timed(() => fill(calendars, days, checksPerDay));
  console.log(
    `\n${calendars} calendars in ${WORKSPACES} workspaces, ${days} days, ${checksPerDay} checks a day, ` +
      `${OUTAGES_PER_CALENDAR} outages each; filled in ${(filledInMs / 1000).toFixed(0)} s\n`,
  );
  console.table(await sizes());
  const asked = await questions(days);
  const times = await inTurn(asked);
  console.table(Object.fromEntries(times.map(({ name, ...row }) => [name, row])));
  const plans = await lookAtPlans(days);
  for (const { name, isMet } of plans) console.log(`${name}: ${isMet ? 'yes' : 'no'}.`);
  const isCheap = times.every(({ isWhole, ratio }) => !isWhole || Number(ratio) <= TARGET_RATIO);
  console.log(`Within ${TARGET_RATIO} times the bare sum over all calendars: ${isCheap ? 'yes' : 'no'}.`);
  process.exitCode = isCheap && plans.every(({ isMet }) => isMet) ? 0 : 1;
}

/** As checks at full hours would leave it; an outage lasts from minutes to hours, some still do. */
async function fill(calendars, days, checksPerDay) {
  const statements = [
    `INSERT INTO workspaces (id, name, timezone)
       SELECT gen_random_uuid(), 'W' || n, 'Europe/Berlin' FROM generate_series(1, ${WORKSPACES}) AS n`,
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
       SELECT gen_random_uuid(), w.id, 'google', n || '@example.com', 'active'
       FROM generate_series(0, ${calendars - 1}) AS n
       JOIN (SELECT id, row_number() OVER () - 1 AS place FROM workspaces) w ON w.place = n % ${WORKSPACES}`,
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role,
         health_status, health_checked_at)
       SELECT gen_random_uuid(), workspace_id, id, account_email, account_email, 'UTC', 'owner', 'healthy', now()
       FROM connections`,
    `INSERT INTO calendar_observations (calendar_id, started_at)
       SELECT id, now() - (${days} * random()) * interval '1 day' FROM calendars`,
    `INSERT INTO calendar_outages (calendar_id, started_at, ended_at, category)
       SELECT id, began, began + (random() ^ 3 * 6 + 0.05) * interval '1 hour', 'connection_error'
       FROM (SELECT id, now() - (1 + (n + random() * 0.8) * ${(days - 1) / OUTAGES_PER_CALENDAR}) * interval '1 day' AS began
         FROM calendars, generate_series(0, ${OUTAGES_PER_CALENDAR - 1}) AS n) AS outages`,
    `INSERT INTO calendar_outages (calendar_id, started_at, category)
       SELECT id, now() - random() * interval '5 hours', 'expired_tokens' FROM calendars
       WHERE hashtext(id::text) % 50 = 0`,
    // In the order of time, as they come.
    `INSERT INTO calendar_checks (calendar_id, at, category, duration_ms)
       SELECT id, at, CASE WHEN random() < 0.01 THEN 'connection_error' END, 80 + random() * 200
       FROM generate_series(date_trunc('hour', now()) - interval '30 days', now(), interval '1 day' / ${checksPerDay}) AS at,
         calendars`,
    `INSERT INTO calendar_check_hours (calendar_id, hour, checks, failed_checks, duration_ms)
       SELECT id, hour, greatest(1, ${checksPerDay} / 24), (random() < 0.01)::int, 80 + random() * 200
       FROM generate_series(date_trunc('hour', now()) - interval '${days} days', now(),
         greatest(interval '1 hour', interval '1 day' / ${checksPerDay})) AS hour, calendars`,
    'VACUUM ANALYZE',
  ];
  for (const statement of statements) await source.query(statement);
}

async function sizes() {
  const rows = await source.query(
    `SELECT relname AS name, reltuples::bigint AS rows, pg_table_size(oid) AS heap, pg_indexes_size(oid) AS indexes
     FROM pg_class WHERE relname = ANY ($1)`,
    [TABLES],
  );
  const mb = (bytes) => (Number(bytes) / 1024 / 1024).toFixed(1);
  return Object.fromEntries(
    rows.map(({ name, rows: count, heap, indexes }) => [
      name,
      { rows: Number(count), 'table, MB': mb(heap), 'indexes, MB': mb(indexes) },
    ]),
  );
}

async function questions(days) {
  const history = new PostgresHealthHistory(source);
  const now = Date.now();
  const [{ id: calendarId, workspace_id: workspaceId }] = await source.query(
    'SELECT id, workspace_id FROM calendars LIMIT 1',
  );
  const window = (length) => ({ startAt: now - length * DAY_MS, endAt: now });
  const steps = (length, stepMs) => ({
    bounds: Array.from(
      { length: (length * DAY_MS) / stepMs + 1 },
      (_, n) => now - length * DAY_MS + n * stepMs,
    ),
    grain: 'hour',
  });
  const own = { workspaceId };
  const all = (name, length, work) => ({ name, length, work, isWhole: true });
  const some = (name, length, work) => ({ name, length, work, isWhole: false });
  return [
    all('service levels, all, 30 days', 30, () => history.records('all', window(30))),
    all(`service levels, all, ${days} days`, days, () => history.records('all', window(days))),
    some(`service levels, one workspace, ${days} days`, days, () => history.records(own, window(days))),
    all('outages, all, 30 days', 30, () => history.outages('all', window(30), 20)),
    all(`trend, all, ${days} days by day`, days, () =>
      history.trend({ scope: 'all', calendarId: null, ...steps(days, DAY_MS) }),
    ),
    all('trend, all, 30 days by hour', 30, () =>
      history.trend({ scope: 'all', calendarId: null, ...steps(30, HOUR_MS) }),
    ),
    some(`trend, one workspace, ${days} days by day`, days, () =>
      history.trend({ scope: own, calendarId: null, ...steps(days, DAY_MS) }),
    ),
    some(`trend, one calendar, ${days} days by day`, days, () =>
      history.trend({ scope: own, calendarId, ...steps(days, DAY_MS) }),
    ),
  ];
}

/** Each question and its reference in turn, so that both meet the same machine; medians. */
async function inTurn(asked) {
  const times = asked.map(() => ({ own: [], bare: [] }));
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [n, { length, work }] of asked.entries()) {
      const own = await timed(work);
      const bare = await timed(() => bareSum(length));
      // The first round warms up.
      if (round > 0) {
        times[n].own.push(own);
        times[n].bare.push(bare);
      }
    }
  return asked.map(({ name, isWhole }, n) => {
    const [own, bare] = [median(times[n].own), median(times[n].bare)];
    return {
      name,
      isWhole,
      'median, ms': own.toFixed(1),
      'min-max, ms': `${Math.min(...times[n].own).toFixed(1)}-${Math.max(...times[n].own).toFixed(1)}`,
      'bare sum, ms': bare.toFixed(1),
      ratio: (own / bare).toFixed(2),
    };
  });
}

function bareSum(days) {
  return source.query(
    `SELECT calendar_id, sum(checks), sum(failed_checks) FROM calendar_check_hours
     WHERE hour >= now() - $1::float8 * interval '1 day' GROUP BY 1`,
    [days],
  );
}

/** Whoever asks for little must not read everything, and neither must retention. */
async function lookAtPlans(days) {
  const now = Date.now();
  const [{ id, workspace_id: workspaceId }] = await source.query(
    'SELECT id, workspace_id FROM calendars LIMIT 1',
  );
  const from = now - days * DAY_MS;
  const bounds = [from, now].map((at) => new Date(at).toISOString());
  // The others are small: reading all of them may well be the cheapest.
  const wholeTables = /Seq Scan on (calendar_check_hours|calendar_checks)/;
  const cases = [
    [
      'Levels of a workspace find its checks by index',
      sql.RECORDS,
      [workspaceId, from, now, null],
      wholeTables,
      null,
    ],
    [
      'Outages of a workspace do not read any checks',
      sql.OUTAGES,
      [workspaceId, from, now, 20, null],
      wholeTables,
      null,
    ],
    [
      'Trend of a workspace finds its checks by index',
      sql.TRENDS.all.hour,
      [workspaceId, from, now, bounds],
      wholeTables,
      null,
    ],
    [
      'Trend of a calendar finds its checks by index',
      sql.TRENDS.one.hour,
      [null, from, now, bounds, id],
      wholeTables,
      null,
    ],
    [
      'Trend of a calendar in minutes finds its checks by index',
      sql.TRENDS.one.check,
      [null, from, now, bounds, id],
      wholeTables,
      null,
    ],
    [
      'Retention of checks goes by its BRIN index',
      sql.FORGET_CHECKS,
      [now - 29.9 * DAY_MS],
      null,
      /ix_calendar_checks_at/,
    ],
    [
      'Retention of hours goes by its BRIN index',
      sql.FORGET_HOURS,
      [from + DAY_MS / 4],
      null,
      /ix_calendar_check_hours_hour/,
    ],
  ];
  const found = [];
  for (const [name, statement, values, bad, good] of cases) {
    const rows = await source.query(`EXPLAIN ${statement}`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const isMet = !(bad?.test(plan) ?? false) && (good?.test(plan) ?? true);
    if (!isMet) console.log(`\n${name}:\n${plan}\n`);
    found.push({ name, isMet });
  }
  return found;
}

async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

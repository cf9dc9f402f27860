/**
 * What it costs to claim a time, against the bare statement that the claim could at best be:
 * `npm run build && node bench/booking.mjs [--rounds 5] [--requests 2000]`. Both answer the same request behind Fastify,
 * each in a fresh process on a database of its own, and take turns: only ratios within one run mean anything.
 * Then 500 races of twenty for one time. Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { built, needBuild } from './support/build.mjs';
import { median, quantile } from './support/figures.mjs';

const SELF = fileURLToPath(import.meta.url);
const REFERENCE = 'the bare statement';
const CLAIM = 'the claim';
const WATCHING = 'the claim, with three calendars and a day to watch';
const CONTENDERS = [REFERENCE, CLAIM, WATCHING];
const CONNECTIONS = 50;
const WARM_UP = 2000;
const CALENDARS = 50;
const RACES = 500;
const RACERS = 20;
const TARGET = { roundTrips: 2, cpuRatio: 1.3, p99Ms: 15 };
const MINUTE_MS = 60_000;
const FIRST = Date.UTC(2037, 2, 10);
/** Of a clock tick in /proc. */
const TICK_US = 10_000;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '2000' },
    /** Internal: serve as this contender. */
    cell: { type: 'string' },
  },
});

needBuild();
await import('reflect-metadata');
const { default: pg } = await import('pg');
if (options.cell) await serve(options.cell);
else await report(Math.max(5, Number(options.rounds)), Number(options.requests));

// The cell: an HTTP server that books what it is asked for.

async function serve(name) {
  const { default: fastify } = await import('fastify');
  let roundTrips = 0;
  const counted = (client) => client.connection.on('readyForQuery', () => (roundTrips += 1));
  const book = name === REFERENCE ? await bareStatement(counted) : await claim(counted, name === WATCHING);
  const app = fastify();
  app.post('/book', async (request, reply) => {
    const booked = await book(request.body);
    reply.status(booked === null ? 409 : 201);
    return booked ?? { code: 'slot_unavailable' };
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpuUs: user + system, roundTrips });
  });
  process.send({ port: app.server.address().port });
}

/** The least that settles a race: one row with all fields of a booking under an exclusion constraint. */
async function bareStatement(counted) {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
  pool.on('connect', counted);
  const sql = `
    INSERT INTO bare_bookings (id, workspace_id, configuration_id, calendar_id, config_name, during, timezone, title,
      attendee_email, meeting_type, create_meet_link, event_id)
    VALUES ($1, $2, $3, $4, $5, tstzrange(to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000)), $8, $9, $10, $11, $12, $13)
    ON CONFLICT ON CONSTRAINT ex_bare_bookings DO NOTHING RETURNING id, created_at`;
  return async (wish) => {
    const booking = bookingOf(wish);
    const { rows } = await pool.query(sql, [
      booking.id,
      booking.workspaceId,
      booking.configurationId,
      booking.calendarId,
      booking.configName,
      booking.startAt,
      booking.endAt,
      booking.timezone,
      booking.title,
      booking.attendee.email,
      booking.meetingType,
      booking.createMeetLink,
      booking.eventId,
    ]);
    return rows.length === 0 ? null : { ...booking, status: 'pending', createdAt: rows[0].created_at };
  };
}

/** As the service does it, with its data source and its adapter. */
async function claim(counted, isWatching) {
  const { connectedDataSource, databaseOptions } = await built('data-source.js');
  const { BookingEntity } = await built('booking/persistence/booking.entity.js');
  const { PostgresBookings } = await built('booking/persistence/postgres-bookings.js');
  const { RandomIds } = await built('shared/ids.js');
  const source = await connectedDataSource(databaseOptions(process.env.DATABASE_URL));
  // Those that the start has made are counted as well.
  for (const client of source.driver.master._clients) counted(client);
  source.driver.master.on('connect', counted);
  const config = { bookingDeadlineMs: 12_000 };
  const bookings = new PostgresBookings(source.getRepository(BookingEntity), new RandomIds(), config);
  return async (wish) => {
    const booking = bookingOf(wish);
    const { startAt, endAt } = booking;
    const terms = isWatching
      ? { watchedCalendarIds: wish.watched, dayLimit: { startAt: FIRST, endAt: FIRST + 1e13, places: 1e6 } }
      : { watchedCalendarIds: [], dayLimit: null };
    const made = await bookings.claim(booking, { needed: { startAt, endAt }, ...terms }, null);
    return typeof made === 'string' ? null : made;
  };
}

function bookingOf({ place, minute }) {
  const id = crypto.randomUUID();
  const startAt = FIRST + minute * MINUTE_MS;
  return {
    id,
    ...place,
    configName: 'Consultation',
    startAt,
    endAt: startAt + 30 * MINUTE_MS,
    timezone: 'UTC',
    title: 'Check-up',
    description: null,
    attendee: { email: 'pat@example.com', name: null },
    meetingType: 'online',
    meetingLink: null,
    meetingAddress: null,
    createMeetLink: false,
    eventId: `${id.replaceAll('-', '')}g0`,
    eventGeneration: 0,
  };
}

// The measuring side.

async function report(rounds, requests) {
  const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir: folder, role: 'service' });
  try {
    const places = await prepare(postgres.url);
    const cells = Object.fromEntries(CONTENDERS.map((name) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (let turn = 0; turn < CONTENDERS.length; turn += 1) {
        const name = CONTENDERS[(round + turn) % CONTENDERS.length];
        cells[name].push(await measured(name, postgres.url, places, requests));
      }
    const races = await raced(postgres.url, places[0]);
    const log = readFileSync(join(folder, 'postgres.log'), 'utf8');
    show(cells, races, /deadlock detected|40P01/.test(log));
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The schema, and calendars to book in, each with three others of its workspace. */
async function prepare(url) {
  const { connectedDataSource, databaseOptions } = await built('data-source.js');
  const source = await connectedDataSource(databaseOptions(url));
  await source.query(`
    CREATE TABLE bare_bookings (
      id uuid PRIMARY KEY, workspace_id uuid NOT NULL, configuration_id uuid NOT NULL, calendar_id uuid NOT NULL,
      config_name text NOT NULL, during tstzrange NOT NULL, timezone text NOT NULL, title text NOT NULL,
      attendee_email text NOT NULL, meeting_type text NOT NULL, create_meet_link boolean NOT NULL, event_id text NOT NULL,
      created_at timestamptz(3) NOT NULL DEFAULT now(),
      CONSTRAINT ex_bare_bookings EXCLUDE USING gist (calendar_id WITH =, during WITH &&))`);
  const places = [];
  for (let n = 0; n < CALENDARS; n += 1) {
    const [calendarId, ...watched] = Array.from({ length: 4 }, () => crypto.randomUUID());
    const [workspaceId, connectionId, configurationId] = Array.from({ length: 3 }, () => crypto.randomUUID());
    await source.query(`INSERT INTO workspaces (id, name, timezone) VALUES ($1, 'W', 'UTC')`, [workspaceId]);
    await source.query(
      `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
       VALUES ($1, $2, 'google', 'ada@example.com', 'active')`,
      [connectionId, workspaceId],
    );
    for (const id of [calendarId, ...watched])
      await source.query(
        `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
         VALUES ($1, $2, $3, $1::uuid::text, 'Ada', 'UTC', 'owner')`,
        [id, workspaceId, connectionId],
      );
    await source.query(
      `INSERT INTO configurations (id, workspace_id, name, calendar_id, timezone, duration_minutes,
         prep_time_minutes, buffer_after_minutes, days_buffer, min_notice_minutes, max_days_ahead, from_minute, to_minute,
         workdays, date_overrides, meeting_type, create_meet_link, on_unverified, last_known_max_age_minutes)
       VALUES ($1, $2, 'Consultation', $3, 'UTC', 30, 0, 0, 0, 0, 60, 540, 1020, '{monday}', '[]', 'online', false, 'flag', 1440)`,
      [configurationId, workspaceId, calendarId],
    );
    places.push({ place: { workspaceId, calendarId, configurationId }, watched });
  }
  await source.destroy();
  return places;
}

async function measured(name, url, places, requests) {
  const cell = await started(name, url);
  const wish = (n) => ({ ...places[n % CALENDARS], minute: 30 * Math.floor(n / CALENDARS) });
  await load(cell, WARM_UP, wish);
  const [databaseBefore, before] = [await databaseCpuUs(url), await cell.usage()];
  const times = await load(cell, requests, (n) => wish(WARM_UP + n));
  const [after, databaseAfter] = [await cell.usage(), await databaseCpuUs(url)];
  await cell.stop();
  await query(url, 'TRUNCATE bookings, slot_claims, bare_bookings CASCADE');
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / requests,
    databaseCpuUs: (databaseAfter - databaseBefore) / requests,
    roundTrips: (after.roundTrips - before.roundTrips) / requests,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  };
}

async function started(name, url) {
  const child = fork(SELF, ['--cell', name], { env: { ...process.env, DATABASE_URL: url } });
  const [{ port }] = await once(child, 'message');
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  return {
    port,
    agent,
    usage: async () => {
      child.send('usage');
      return (await once(child, 'message'))[0];
    },
    stop: async () => {
      agent.destroy();
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** How long each request took, in ms. */
async function load(cell, count, wish) {
  const times = [];
  const numbers = Array.from({ length: count }, (_, n) => n).values();
  const client = async () => {
    for (const n of numbers) {
      const startedAt = performance.now();
      const status = await post(cell, wish(n));
      times.push(performance.now() - startedAt);
      if (status !== 201) throw new Error(`A free time was refused with ${status}.`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  return times;
}

function post({ port, agent }, body) {
  return new Promise((answered, reject) => {
    const text = JSON.stringify(body);
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    const request = httpRequest({ port, agent, method: 'POST', path: '/book', headers }, (answer) => {
      answer.resume();
      answer.on('end', () => answered(answer.statusCode));
    });
    request.on('error', reject);
    request.end(text);
  });
}

/** Each race is for one time of one calendar. */
async function raced(url, place) {
  const cell = await started(CLAIM, url);
  const times = [];
  let won = 0;
  for (let race = 0; race < RACES; race += 1) {
    const startedAt = performance.now();
    const statuses = await Promise.all(
      Array.from({ length: RACERS }, () => post(cell, { ...place, minute: 30 * race })),
    );
    times.push(performance.now() - startedAt);
    if (statuses.filter((status) => status === 201).length === 1) won += 1;
  }
  await cell.stop();
  return { won, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
}

/** Of all backends that are alive, as those of a cell are until it ends; 0 where there is no /proc. */
async function databaseCpuUs(url) {
  const rows = await query(url, `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'`);
  let ticks = 0;
  for (const { pid } of rows) {
    const file = `/proc/${pid}/stat`;
    if (!existsSync(file)) continue;
    const [user, system] = readFileSync(file, 'utf8').split(') ')[1].split(' ').slice(11, 13);
    ticks += Number(user) + Number(system);
  }
  return ticks * TICK_US;
}

async function query(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function spread(values, digits = 0) {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function show(cells, races, isDeadlocked) {
  const of = (name, figure) => cells[name].map((cell) => cell[figure]);
  const ratios = (name, figure) =>
    of(name, figure).map((value, round) => value / of(REFERENCE, figure)[round]);
  console.log(`\n${CONNECTIONS} connections, ${cells[REFERENCE].length} rounds, medians (least–most)\n`);
  console.table(
    Object.fromEntries(
      CONTENDERS.map((name) => [
        name,
        {
          'CPU µs': spread(of(name, 'cpuUs')),
          'CPU ratio': spread(ratios(name, 'cpuUs'), 2),
          'database CPU µs': spread(of(name, 'databaseCpuUs')),
          'round trips': median(of(name, 'roundTrips')).toFixed(2),
          'p50 ms': spread(of(name, 'p50Ms'), 1),
          'p99 ms': spread(of(name, 'p99Ms'), 1),
        },
      ]),
    ),
  );
  const figures = {
    roundTrips: median(of(CLAIM, 'roundTrips')),
    cpuRatio: median(ratios(CLAIM, 'cpuUs')),
    p99Ms: median(of(CLAIM, 'p99Ms')),
  };
  const verdicts = {
    [`one winner in each of ${RACES} races of ${RACERS} (${races.won}; ${races.p50Ms.toFixed(1)} ms, p99 ${races.p99Ms.toFixed(1)} ms)`]:
      races.won === RACES,
    'no deadlock': !isDeadlocked,
    [`at most ${TARGET.roundTrips} round trips`]: figures.roundTrips <= TARGET.roundTrips,
    [`CPU at most ${TARGET.cpuRatio} × ${REFERENCE}`]: figures.cpuRatio <= TARGET.cpuRatio,
    [`p99 at most ${TARGET.p99Ms} ms (${figures.p99Ms.toFixed(1)} ms, of ${REFERENCE} ${median(of(REFERENCE, 'p99Ms')).toFixed(1)} ms)`]:
      figures.p99Ms <= TARGET.p99Ms,
  };
  for (const [target, isMet] of Object.entries(verdicts)) console.log(`${isMet ? 'yes' : 'no '}  ${target}`);
  process.exitCode = Object.values(verdicts).every(Boolean) ? 0 : 1;
}

/**
 * What telling costs, on a database of its own: `npm run build && node bench/webhooks.mjs [--events 2000]`. The statement
 * that records the health of a calendar is compared with the same one that tells nobody, in turns; and events that are
 * delivered to a receiver on this machine with as many bare POSTs. Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { built, needBuild } from './support/build.mjs';
import { median } from './support/figures.mjs';

const ROUNDS = 400;
const CONCURRENCY = 10;
const TARGET_STATEMENT_RATIO = 1.5;
const TARGET_DELIVERY_RATIO = 15;

const { values: options } = parseArgs({ options: { events: { type: 'string', default: '2000' } } });

needBuild();
await import('reflect-metadata');
const { NestFactory } = await import('@nestjs/core');
const { DataSource } = await import('typeorm');
const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');
const { AppModule } = await built('app.module.js');
const { configOf, loadEnvironment } = await built('shared/config.js');
const { PinoLog } = await built('shared/pino-log.js');
const { Secret } = await built('shared/secret.js');
const { RECORD_HEALTH } = await built('calendars/persistence/health-statements.js');
const { telling } = await built('outbox/outbox.module.js');
const { Webhooks } = await built('webhooks/webhooks.js');

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'database'), role: 'service' });
const service = await NestFactory.createApplicationContext(
  AppModule.with(configuration(postgres.url), new PinoLog('error')),
  { logger: false },
);
const database = service.get(DataSource);
let received = 0;
const receiver = createServer((call, answer) => {
  call.resume().on('end', () => {
    received += 1;
    answer.writeHead(204).end();
  });
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');
const url = `http://127.0.0.1:${receiver.address().port}/`;
try {
  await report(Number(options.events));
} finally {
  receiver.closeAllConnections();
  receiver.close();
  await service.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

function configuration(databaseUrl) {
  const google = { clientId: 'client', clientSecret: new Secret('client-secret') };
  for (const name of ['apiRootUrl', 'authUrl', 'tokenUrl', 'revokeUrl'])
    google[name] = 'http://google.invalid';
  const never = '0 0 29 2 *';
  const crons = ['HEALTH_CHECK', 'TOKEN_REFRESH', 'CLEANUP', 'RECONCILE'].map((job) => [
    `${job}_CRON`,
    never,
  ]);
  const env = loadEnvironment({ ...Object.fromEntries(crons), WEBHOOK_ALLOW_PRIVATE_TARGETS: 'true' });
  return configOf(env, {
    databaseUrl: new Secret(databaseUrl),
    adminApiKey: new Secret('admin-key-of-the-bench'),
    encryptionKeys: new Map([['bench', Buffer.alloc(32, 7)]]),
    google,
  });
}

async function report(events) {
  const { workspace, calendar } = await scene();
  const quiet = await recordedInTurns(calendar);
  await service
    .get(Webhooks)
    .add(workspace, { url, events: ['calendar.failing'], description: null, active: true });
  const bare = await barePosts(events);
  const delivery = await delivered(workspace, events);
  console.table({
    'nothing new, telling nobody': row(quiet.reference.same),
    'nothing new': row(quiet.present.same, quiet.reference.same),
    'a change, telling nobody': row(quiet.reference.change),
    'a change that nobody listens to': row(quiet.present.change, quiet.reference.change),
  });
  const each = (ms) => `${((ms / events) * 1000).toFixed(0)} µs`;
  const deliveryRatio = delivery / bare;
  console.log(`A bare POST: ${each(bare)}. An event, from its statement to the answer: ${each(delivery)},`);
  console.log(`${deliveryRatio.toFixed(1)} times as much, ${CONCURRENCY} at once.`);
  const statementRatio = Math.max(
    median(quiet.present.same) / median(quiet.reference.same),
    median(quiet.present.change) / median(quiet.reference.change),
  );
  const isCheap = statementRatio <= TARGET_STATEMENT_RATIO;
  const isFast = deliveryRatio <= TARGET_DELIVERY_RATIO;
  console.log(
    `Statements at most ${TARGET_STATEMENT_RATIO} times as long while nobody listens: ${isCheap ? 'yes' : 'no'}.`,
  );
  console.log(`Deliveries at most ${TARGET_DELIVERY_RATIO} times a bare POST: ${isFast ? 'yes' : 'no'}.`);
  process.exitCode = isCheap && isFast ? 0 : 1;
}

async function scene() {
  const [workspace] = await database.query(
    `INSERT INTO workspaces (id, name, timezone) VALUES (gen_random_uuid(), 'W', 'UTC') RETURNING id`,
  );
  const [connection] = await database.query(
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
     VALUES (gen_random_uuid(), $1, 'google', 'ada@example.com', 'active') RETURNING id`,
    [workspace.id],
  );
  const [calendar] = await database.query(
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
     VALUES (gen_random_uuid(), $1, $2, 'c', 'C', 'UTC', 'owner') RETURNING id`,
    [workspace.id, connection.id],
  );
  return { workspace: workspace.id, calendar: calendar.id };
}

/** With the news that the row's trigger tells, and without them; each with and without a change of state. */
async function recordedInTurns(calendar) {
  const triggers = { reference: 'DISABLE', present: 'ENABLE' };
  const times = { reference: { same: [], change: [] }, present: { same: [], change: [] } };
  for (let round = 0; round < ROUNDS; round += 1)
    for (const name of round % 2 === 0 ? ['reference', 'present'] : ['present', 'reference']) {
      await database.query(`ALTER TABLE calendars ${triggers[name]} TRIGGER tr_calendars_news`);
      for (const [kind, status] of [
        ['change', round % 4 < 2 ? 'unhealthy' : 'healthy'],
        ['same', round % 4 < 2 ? 'unhealthy' : 'healthy'],
      ]) {
        if (kind === 'change') await database.query(`UPDATE calendars SET health_status = 'unknown'`);
        const startedAt = performance.now();
        await database.query(RECORD_HEALTH, [[calendar], [status], [null], [null], [false]]);
        times[name][kind].push(performance.now() - startedAt);
      }
    }
  await database.query('ALTER TABLE calendars ENABLE TRIGGER tr_calendars_news');
  return times;
}

async function barePosts(count) {
  const agent = new Agent({ keepAlive: false });
  let left = count;
  const startedAt = performance.now();
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const call = request(url, { method: 'POST', agent });
      call.end('{"type":"calendar.failing"}');
      const [answer] = await once(call, 'response');
      answer.resume();
      await once(answer, 'end');
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return performance.now() - startedAt;
}

async function delivered(workspace, count) {
  // The first job loads the library.
  await tell(workspace, 1);
  received = 0;
  await until(() => received === 1);
  const startedAt = performance.now();
  await tell(workspace, count);
  await until(() => received === count + 1);
  return performance.now() - startedAt;
}

function tell(workspace, count) {
  const news = `SELECT gen_random_uuid(), $1::uuid, 'calendar.failing', gen_random_uuid(), '{"name": "Main"}'::jsonb
    FROM generate_series(1, $2::int)`;
  return database.query(`WITH ${telling(news)} SELECT 1`, [workspace, count]);
}

async function until(isSo) {
  while (!isSo()) await new Promise((done) => setTimeout(done, 5));
}

function row(values, reference = values) {
  return { 'median, ms': median(values).toFixed(2), ratio: (median(values) / median(reference)).toFixed(2) };
}

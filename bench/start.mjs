/**
 * How soon the service is ready after its start, and how much memory it holds then:
 * `npm run build && node bench/start.mjs [--rounds 5]`. Every start is a fresh process on a database that exists,
 * the contenders take turns, and a bare Fastify with one Postgres connection is the reference: only ratios within
 * one run mean anything. Exit status: 0 within the targets, 1 not, 2 no build.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DIST, built, needBuild } from './support/build.mjs';
import { freePort } from './support/free-port.mjs';

const SELF = fileURLToPath(import.meta.url);
const REFERENCE = 'Fastify and pg alone';
const TARGET_READY_MS = 1000;
const TARGET_RESIDENT_MB = 150;
const POLL_MS = 10;
const START_LIMIT_MS = 30_000;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Internal: be the reference. */
    reference: { type: 'boolean', default: false },
  },
});

if (options.reference) await bareService();
else await report();

/** The least that a service of this kind loads: the HTTP server and the database driver. */
async function bareService() {
  const { default: fastify } = await import('fastify');
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const app = fastify();
  app.get('/api/health/ready', async () => (await client.query('SELECT 1 AS up')).rows[0]);
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
}

async function report() {
  needBuild();
  const rounds = Math.max(5, Number(options.rounds));
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-bench-'));
  try {
    const starts = await measure(rounds, folder);
    show(rounds, starts);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(rounds, folder) {
  const { startEmbeddedPostgres } = await built('shared/embedded-postgres.js');
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'database'), role: 'service' });
  const contenders = contendersOn(postgres.url, join(folder, 'data'));
  const names = Object.keys(contenders);
  try {
    // The first start of each makes the schema and fills the file cache.
    for (const name of names) await startOnce(contenders[name]);
    const starts = [];
    for (let round = 0; round < rounds; round += 1) {
      const first = round % names.length;
      for (const name of [...names.slice(first), ...names.slice(0, first)])
        starts.push({ name, ...(await startOnce(contenders[name])) });
    }
    return starts;
  } finally {
    await postgres.stop();
  }
}

function contendersOn(databaseUrl, dataDir) {
  const service = [join(DIST, 'main.js')];
  const production = {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    ADMIN_API_KEY: 'admin-key-of-the-bench',
    ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
    GOOGLE_CLIENT_ID: 'client',
    GOOGLE_CLIENT_SECRET: 'client-secret',
  };
  return {
    [REFERENCE]: { args: [SELF, '--reference'], env: { DATABASE_URL: databaseUrl } },
    'service on a given database': { args: service, env: production },
    'service with its own database and sandbox': { args: service, env: { DATA_DIR: dataDir } },
  };
}

async function startOnce({ args, env }) {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += chunk));
  while (!(await isReady(port))) {
    const late = performance.now() - startedAt > START_LIMIT_MS;
    if (child.exitCode !== null || late) throw new Error(`It did not become ready: ${complaint}`);
    await delay(POLL_MS);
  }
  const readyMs = performance.now() - startedAt;
  const residentMb = residentOf(child.pid);
  child.kill('SIGTERM');
  await once(child, 'exit');
  return { readyMs, residentMb };
}

async function isReady(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/health/ready`).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}

function residentOf(pid) {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

function show(rounds, starts) {
  const names = [REFERENCE, ...new Set(starts.map(({ name }) => name).filter((name) => name !== REFERENCE))];
  const [reference, ...services] = names.map((name) => summaryOf(starts.filter((s) => s.name === name)));
  console.log(`\nMedian (min-max) of ${rounds} starts each; ratios to the reference\n`);
  console.table(
    Object.fromEntries(names.map((name, n) => [name, rowOf([reference, ...services][n], reference)])),
  );
  const isLate = services.some(({ ready }) => ready.middle > TARGET_READY_MS);
  const isLarge = services.some(({ resident }) => resident.middle > TARGET_RESIDENT_MB);
  console.log(`Ready within ${TARGET_READY_MS} ms: ${isLate ? 'no' : 'yes'}.`);
  console.log(`Resident within ${TARGET_RESIDENT_MB} MB: ${isLarge ? 'no' : 'yes'}.`);
  process.exitCode = isLate || isLarge ? 1 : 0;
}

function summaryOf(starts) {
  return {
    ready: spreadOf(starts.map(({ readyMs }) => readyMs)),
    resident: spreadOf(starts.map(({ residentMb }) => residentMb)),
  };
}

function spreadOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const [min = 0, max = 0] = [sorted[0], sorted.at(-1)];
  return { min, max, middle: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}

function rowOf({ ready, resident }, reference) {
  const text = ({ middle, min, max }) => `${middle.toFixed(0)} (${min.toFixed(0)}-${max.toFixed(0)})`;
  return {
    'ready, ms': text(ready),
    'ready, ratio': (ready.middle / reference.ready.middle).toFixed(2),
    'resident, MB': text(resident),
    'resident, ratio': (resident.middle / reference.resident.middle).toFixed(2),
  };
}

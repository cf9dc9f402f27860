/**
 * The slot engine against a measuring reference: `npm run build && node bench/engine.mjs [--reference DIR]`.
 * Every timing is a fresh process, the contenders take turns, and only ratios within one run mean anything.
 * Exit status: 0 answers equal and every ratio within the target, 1 not, 2 no reference or no build.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { stop } from './support/build.mjs';
import { median } from './support/figures.mjs';

const SELF = fileURLToPath(import.meta.url);
const ROOT = resolve(SELF, '../..');
const WORKLOADS = ['W1', 'W2', 'W3', 'W4c', 'W4r'];
const TARGET_RATIO = 3;
const WARM_UP_MS = 250;
const BATCHES = 25;
const BATCH_MS = 10;

let intlCalls = 0;

const { values: options } = parseArgs({
  options: {
    reference: { type: 'string', default: join(ROOT, '../shared/perf') },
    rounds: { type: 'string', default: '5' },
    /** Internal: time one contender on one workload, as `workload:contender`. */
    cell: { type: 'string' },
  },
});

const { limit, workloads } = await loadReference(options.reference);
const {
  dayWindows,
  workingDays,
  freeSlots,
  busyTable,
  formatDate,
  formatLocalTime,
  formatInstant,
  zoneTable,
} = await loadEngine();

if (options.cell) timeCell(...options.cell.split(':'));
else report();

async function loadReference(folder) {
  const files = ['limit.mjs', 'workload.mjs'].map((name) => resolve(folder, name));
  for (const file of files)
    if (!existsSync(file)) stop(`no reference: ${file} is missing (see --reference DIR)`);
  const [reference, generators] = await Promise.all(files.map((file) => import(pathToFileURL(file).href)));
  return { limit: reference, workloads: generators };
}

async function loadEngine() {
  const files = [
    'availability/day-windows.js',
    'availability/free-slots.js',
    'availability/busy-table.js',
    'shared/time.js',
    'shared/zone-table.js',
  ].map((file) => join(ROOT, 'dist/src', file));
  for (const file of files) if (!existsSync(file)) stop(`no build: ${file} is missing (npm run build)`);
  return Object.assign({}, ...(await Promise.all(files.map((file) => import(pathToFileURL(file).href)))));
}

// One workload in the product's terms. Busy tables are ready before the clock starts, as in the reference.

function prepare(workload) {
  const members = workload.members ?? [workload];
  const firstDay = Math.floor(Date.UTC(workload.y, workload.m - 1, workload.d) / 86_400_000);
  return {
    zone: workload.tz,
    from: workload.from / 60_000,
    to: workload.to / 60_000,
    step: workload.step,
    need: workload.mode === 'collective' ? members.length : 1,
    members: members.map((member) => memberOf(member, workload, firstDay)),
  };
}

function memberOf({ tz, hours, calendars }, workload, firstDay) {
  // Another zone's days straddle the range, so one more is looked at on each side.
  const margin = tz === workload.tz ? 0 : 1;
  const [{ days, start, end }] = hours;
  return {
    zone: tz,
    hours: { workdays: new Set(days), fromMinutes: start, toMinutes: end, overrides: new Map() },
    firstDay: firstDay - margin,
    lastDay: firstDay + workload.days - 1 + margin,
    search: {
      windows: [],
      durationMinutes: workload.duration,
      slotIntervalMinutes: workload.step,
      prepMinutes: 0,
      bufferMinutes: 0,
      earliest: workload.from / 60_000,
      busy: calendars.map((calendar) => busyTable(calendar.map(([startAt, endAt]) => ({ startAt, endAt })))),
    },
  };
}

function slotsOf({ zone, hours, firstDay, lastDay, search }) {
  search.windows = dayWindows(workingDays(hours, firstDay, lastDay), zone);
  return freeSlots(search);
}

function engine(question) {
  const { from, to, step, need, members } = question;
  if (members.length === 1) return slotsOf(members[0]);
  const free = new Uint8Array(Math.ceil((to - from) / step));
  for (const member of members) {
    const starts = slotsOf(member);
    for (let i = 0; i < starts.length; i += 1) free[(starts[i] - from) / step] += 1;
  }
  const starts = [];
  for (let i = 0; i < free.length; i += 1) if (free[i] >= need) starts.push(from + i * step);
  return Int32Array.from(starts);
}

/** The reference's answer: starts in UTC, grouped by local date. */
function referenceShape(starts, zone) {
  const table = zoneTable(zone);
  let json = '';
  let localDay = null;
  let utcDay = null;
  let utcDate = '';
  for (let i = 0; i < starts.length; i += 1) {
    const start = starts[i];
    const day = Math.floor((start + table.offsetAt(start)) / 1440);
    if (day === localDay) json += ',{"time":"';
    else json += `${localDay === null ? '' : '],'}"${formatDate(day)}":[{"time":"`;
    localDay = day;
    const startDay = Math.floor(start / 1440);
    if (startDay !== utcDay) utcDate = formatDate((utcDay = startDay)) + 'T';
    json += utcDate + formatLocalTime(start - utcDay * 1440) + ':00.000Z"}';
  }
  return `{"slots":{${json}${localDay === null ? '' : ']'}}}`;
}

/** The contract's answer: both ends of every slot in wall time. */
function contractShape(starts, zone, durationMinutes) {
  const slots = Array.from(starts, (start) => ({
    start_time: formatInstant(start * 60_000, zone),
    end_time: formatInstant((start + durationMinutes) * 60_000, zone),
    confidence: 'verified',
  }));
  return JSON.stringify(slots);
}

function contenders(name) {
  const workload = workloads[name]();
  const reference = limit.prepare(workload);
  const ours = prepare(workload);
  return {
    reference: () => limit.toJson(reference, limit.numericBitmap(reference)),
    ours: () => referenceShape(engine(ours), ours.zone),
    referenceEngine: () => limit.numericBitmap(reference),
    oursEngine: () => engine(ours),
    oursContract: () => contractShape(engine(ours), ours.zone, workload.duration),
  };
}

function countIntlCalls() {
  const wrap = (owner, name) => {
    const original = owner[name];
    owner[name] = function counted(...args) {
      intlCalls += 1;
      return original.apply(this, args);
    };
  };
  for (const name of ['formatToParts', 'formatRange', 'resolvedOptions'])
    wrap(Intl.DateTimeFormat.prototype, name);
  for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'])
    wrap(Date.prototype, name);
  const { get } = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format');
  Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
    get() {
      const format = get.call(this);
      return (date) => {
        intlCalls += 1;
        return format(date);
      };
    },
  });
  Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    construct(target, args) {
      intlCalls += 1;
      return Reflect.construct(target, args);
    },
  });
}

function timeCell(name, contender) {
  countIntlCalls();
  const run = contenders(name)[contender];
  run();
  const intlBefore = intlCalls;
  let calls = 0;
  for (const end = performance.now() + WARM_UP_MS; performance.now() < end; calls += 1) run();
  const perBatch = Math.max(1, Math.round((calls / WARM_UP_MS) * BATCH_MS));
  const batches = Array.from({ length: BATCHES }, () => {
    const startedAt = performance.now();
    for (let i = 0; i < perBatch; i += 1) run();
    return ((performance.now() - startedAt) * 1000) / perBatch;
  });
  console.log(
    JSON.stringify({ micros: median(batches), intlCalls: intlCalls - intlBefore, setUp: intlBefore }),
  );
}

function report() {
  const wrong = WORKLOADS.filter((name) => !answersAgree(name));
  const rounds = Math.max(5, Number(options.rounds));
  const cells = measure(rounds);
  const rows = WORKLOADS.map((name) => rowOf(name, cells));
  console.log(`\nMicroseconds per operation, median (min-max) of ${rounds} fresh processes each\n`);
  console.table(Object.fromEntries(rows.map(({ name, shown }) => [name, shown])));
  const intl = cells
    .filter(({ contender }) => contender.startsWith('ours'))
    .reduce((sum, c) => sum + c.intlCalls, 0);
  const slow = rows.filter(({ ratio }) => ratio > TARGET_RATIO).map(({ name }) => name);
  console.log(`Intl calls while timing our engine (luxon makes its own through Intl): ${intl}`);
  console.log(
    `Answers differ: ${wrong.join(', ') || 'none'}. Ratio over ${TARGET_RATIO}: ${slow.join(', ') || 'none'}.`,
  );
  process.exitCode = wrong.length + slow.length + intl > 0 ? 1 : 0;
}

function answersAgree(name) {
  const workload = workloads[name]();
  const reference = limit.prepare(workload);
  const ours = prepare(workload);
  const starts = engine(ours);
  const expected = [limit.numeric(reference, true), limit.numericBitmap(reference)];
  const sameStarts = expected.every((e) => JSON.stringify([...e]) === JSON.stringify([...starts]));
  const sameJson =
    limit.toJson(reference, limit.numericBitmap(reference)) === referenceShape(starts, ours.zone);
  const busy = ours.members
    .flatMap((m) => m.search.busy)
    .reduce((sum, table) => sum + table.starts.length, 0);
  const verdict = sameStarts && sameJson ? 'identical' : `DIFFERENT (starts ${sameStarts}, JSON ${sameJson})`;
  console.log(`${name}: ${busy} busy times, ${starts.length} slots, ${verdict}`);
  return sameStarts && sameJson;
}

function measure(rounds) {
  const names = ['reference', 'ours', 'referenceEngine', 'oursEngine', 'oursContract'];
  const cells = [];
  for (let round = 0; round < rounds; round += 1) {
    const turn = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const workload of WORKLOADS) {
      for (const contender of turn) cells.push({ workload, contender, ...runCell(workload, contender) });
    }
  }
  return cells;
}

function runCell(workload, contender) {
  const args = [SELF, '--reference', options.reference, '--cell', `${workload}:${contender}`];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

function rowOf(name, cells) {
  const of = (contender) => {
    const micros = cells.filter((c) => c.workload === name && c.contender === contender).map((c) => c.micros);
    const [middle, min, max] = [median(micros), Math.min(...micros), Math.max(...micros)];
    return { middle, text: `${middle.toFixed(1)} (${min.toFixed(1)}-${max.toFixed(1)})` };
  };
  const [reference, ours, referenceEngine, oursEngine] = [
    'reference',
    'ours',
    'referenceEngine',
    'oursEngine',
  ].map(of);
  const ratio = ours.middle / reference.middle;
  return {
    name,
    ratio,
    shown: {
      reference: reference.text,
      ours: ours.text,
      ratio: ratio.toFixed(2),
      'reference, no JSON': referenceEngine.text,
      'ours, no JSON': oursEngine.text,
      'ratio, no JSON': (oursEngine.middle / referenceEngine.middle).toFixed(2),
      "ours, contract's JSON": of('oursContract').text,
    },
  };
}

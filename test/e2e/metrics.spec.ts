import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseExposition, type ExposedSample, type Family } from '../support/exposition.js';
import { FaultBench, until } from '../support/fault-bench.js';
import { expectProblem } from '../support/problems.js';
import type { Answer, Service } from '../support/service.js';
import { control, type World } from '../support/world.js';

const OPS = new URL('../../docs/ops/', import.meta.url);
const LIMIT = 40;
const NEVER = '0 0 29 2 *';

let bench: FaultBench;
let world: World;
/** Shows everybody what it measures, runs a job every second, and lets each key ask forty times a minute. */
let open: Service;

beforeAll(async () => {
  bench = await FaultBench.start();
  const crons = ['HEALTH_CHECK', 'PREVENTIVE_REFRESH', 'TOKEN_CLEANUP', 'CLEANUP', 'RECONCILE'];
  world = await bench.world({ accounts: 2 });
  open = await bench.another({
    METRICS_PUBLIC: 'true',
    RATE_LIMIT_PER_MINUTE: String(LIMIT),
    SCHEDULER_ENABLED: 'true',
    TOKEN_REFRESH_CRON: '* * * * * *',
    ...Object.fromEntries(crons.map((name) => [`${name}_CRON`, NEVER])),
  });
  const dead = world.connections[1];
  await bench.book(world);
  await bench.availability(world);
  await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account: dead?.account });
  await bench.service.call('POST', `/api/connections/${dead?.id}/refresh`);
  await bench.service.call('POST', `/api/connections/${world.connections[0]?.id}/refresh`);
  await bench.service.call('GET', `/api/bookings/${world.workspaceId}`);
  await bench.service.call('GET', '/no/such/path');
  // What the database knows is asked for once in a while only: the first answer is to know of a run.
  await until(
    async () =>
      (await bench.db.query(`SELECT FROM job_runs WHERE result = 'ok' AND job = 'token-refresh'`))
        .rowCount !== 0,
    30_000,
  );
});

afterAll(() => bench?.stop());

const scrape = (at: Service = bench.service, key?: string | null): Promise<Answer> =>
  at.call('GET', '/metrics', key === undefined ? {} : { key });

async function families(at?: Service): Promise<ReadonlyMap<string, Family>> {
  return parseExposition((await scrape(at)).body);
}

async function samples(name: string, at?: Service): Promise<readonly ExposedSample[]> {
  return (await families(at)).get(`slotkeeper_${name}`)?.samples ?? [];
}

async function counted(name: string, labels: object): Promise<number> {
  const found = (await samples(name)).filter(
    (sample) => sample.name.endsWith('_count') || sample.name.endsWith('_total'),
  );
  return found
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

describe('/metrics', () => {
  it('is in the text format of Prometheus, for the admin key', async () => {
    const { status, headers, body } = await scrape();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(parseExposition(body).size).toBeGreaterThan(20);
    expect((await bench.service.call('GET', '/metrics/')).status).toBe(200);
  });

  it('needs that key, unless everybody may see it', async () => {
    expectProblem(await scrape(bench.service, null), 401, 'unauthenticated');
    expectProblem(await scrape(bench.service, world.key), 403, 'forbidden');
    for (const key of [null, 'nonsense']) expect(await scrape(open, key)).toMatchObject({ status: 200 });
    expectProblem(await open.call('GET', '/api/admin/jobs', { key: null }), 401, 'unauthenticated');
  });

  it('counts requests by the template of their route, and all others as one', async () => {
    const request = 'http_request_duration_seconds';
    expect(await counted(request, { route: '/api/bookings/:id', status: '404', method: 'GET' })).toBe(1);
    expect(await counted(request, { route: 'none', status: '404' })).toBe(1);
    const book = '/api/calendars/configurations/:id/book-appointment';
    expect(await counted(request, { route: book, status: '201', method: 'POST' })).toBe(1);
    expect(await counted(request, { route: '/metrics', status: '200' })).toBeGreaterThan(0);
  });

  it('counts calls of Google by endpoint and outcome, and what refreshes came to', async () => {
    const call = 'provider_call_duration_seconds';
    expect(await counted(call, { endpoint: 'POST freeBusy', outcome: 'ok' })).toBe(bench.calls('freeBusy'));
    expect(await counted(call, { endpoint: 'POST calendars/{id}/events', outcome: 'ok' })).toBe(1);
    expect(await counted(call, { endpoint: 'GET users/me/calendarList', outcome: 'ok' })).toBeGreaterThan(0);
    expect(await counted(call, { endpoint: 'token.exchange', outcome: 'ok' })).toBe(2);
    expect(await counted(call, { endpoint: 'token.refresh', outcome: 'expired_tokens' })).toBe(1);
    expect(await counted('token_refreshes_total', { outcome: 'refreshed' })).toBe(1);
    expect(await counted('token_refreshes_total', { outcome: 'needs_reauth' })).toBe(1);
  });

  it('tells what the database knows', async () => {
    const value = async (name: string, labels: object): Promise<number | undefined> =>
      (await samples(name, open)).find((sample) =>
        Object.entries(labels).every(([l, v]) => sample.labels[l] === v),
      )?.value;
    expect(await value('connections', { status: 'needs_reauth', category: 'expired_tokens' })).toBe(1);
    expect(await value('connections', { status: 'active', category: 'none' })).toBe(1);
    expect(await value('calendars', { status: 'unhealthy', category: 'expired_tokens' })).toBe(1);
    expect(await value('bookings', { status: 'confirmed' })).toBe(1);
    expect(await value('bookings_due', {})).toBe(0);
    expect(await value('state_known', {})).toBe(1);
    expect(await value('circuits_open', { scope: 'provider' })).toBe(0);
    expect(await value('job_last_run_timestamp_seconds', { job: 'token-refresh' })).toBeGreaterThan(
      1_700_000_000,
    );
    expect(await value('job_overdue_seconds', { job: 'token-refresh' })).toBeLessThan(120);
  });

  it('has no label that grows with use: no ids, no addresses, no paths that callers made up', async () => {
    for (const [name, family] of await families()) {
      expect([name, family.help.length > 10]).toEqual([name, true]);
      for (const { labels } of family.samples)
        expect(Object.values(labels).join(' ')).not.toMatch(/@|[0-9a-f]{8}-|such|World/i);
    }
  });
});

describe('what operators are given', () => {
  const text = (name: string): string => readFileSync(new URL(name, OPS), 'utf8');

  interface Rule {
    readonly record?: string;
    readonly alert?: string;
    readonly expr: string;
    readonly labels?: { readonly severity?: string };
    readonly annotations?: Readonly<Record<string, string>>;
  }

  /** The package comes with others; what it is told of YAML is what Prometheus understands. */
  function rules(): Rule[] {
    const yaml: { load(text: string): { groups: { name: string; rules: Rule[] }[] } } = createRequire(
      import.meta.url,
    )('js-yaml');
    return yaml.load(text('alerts.yml')).groups.flatMap((group) => group.rules);
  }

  /** Everything in an expression that is a name of a series: not a function, a keyword, a label or a text. */
  function namesIn(expression: string): string[] {
    const bare = expression
      .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
      .replaceAll(/\{[^}]*\}/g, '')
      .replaceAll(/\[[^\]]*\]/g, '');
    const grouped = bare.replaceAll(/\b(?:by|on|without|ignoring)\s*\([^)]*\)/g, '');
    return [...grouped.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\(|\w)/g)]
      .map(([name]) => name)
      .filter((name) => /[_:]/.test(name) && !/_(?:quantile|over_time)$/.test(name));
  }

  async function known(): Promise<Set<string>> {
    const names = [...(await families(open))].flatMap(([name, { type }]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    );
    return new Set([...names, ...rules().flatMap(({ record }) => record ?? [])]);
  }

  it('are rules that ask only for what is measured', async () => {
    const all = rules();
    const asked = all.flatMap(({ expr }) => namesIn(expr));
    expect(new Set(asked.map((name) => name.split(/[_:]/)[0]))).toEqual(new Set(['slotkeeper', 'nodejs']));
    const names = await known();
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    const alerts = all.filter(({ alert }) => alert !== undefined);
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert, labels, annotations } of alerts) {
      expect([alert, labels?.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
      expect([alert, Object.keys(annotations ?? {})]).toEqual([alert, ['summary', 'description', 'action']]);
    }
  });

  it('are rules for each thing that can go wrong', () => {
    const names = rules().flatMap(({ alert }) => alert ?? []);
    for (const subject of ['Budget', 'Backlog', 'Refreshes', 'Stuck', 'Outage', 'JobNotRun', 'Bug'])
      expect(names.filter((name) => name.includes(subject))).not.toEqual([]);
    const burning = rules().filter(({ alert }) => alert?.includes('BudgetBurns'));
    for (const { expr } of burning) expect(new Set(namesIn(expr)).size).toBeGreaterThanOrEqual(2);
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  (hasPromtool ? it : it.skip)(
    hasPromtool
      ? 'are rules that Prometheus accepts'
      : 'are rules that Prometheus accepts: left out, there is no promtool here',
    () => {
      const checked = spawnSync('promtool', ['check', 'rules', new URL('alerts.yml', OPS).pathname], {
        encoding: 'utf8',
      });
      expect([checked.status, checked.stderr]).toEqual([0, '']);
    },
  );

  it('are a dashboard that shows only what is measured', async () => {
    interface Panel {
      readonly id: number;
      readonly type: string;
      readonly title: string;
      readonly targets?: readonly { readonly expr: string }[];
    }
    const { panels }: { panels: Panel[] } = JSON.parse(text('grafana-dashboard.json'));
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const names = await known();
    const asked = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr)));
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    const measured = [...(await families(open)).keys()].filter((name) => name.startsWith('slotkeeper_'));
    const shown = asked.map((name) => name.replace(/_(?:bucket|count|sum)$/, ''));
    expect(
      measured.filter(
        (name) => !shown.includes(name) && name !== 'slotkeeper_job_last_tick_timestamp_seconds',
      ),
    ).toEqual([]);
  });
});

describe('a key that asks too often', () => {
  it('is told when to come again; others, and who needs no key, are not concerned', async () => {
    const ask = (key: string): Promise<Answer> => open.call('GET', '/api/connections?limit=1', { key });
    const answers: Answer[] = [];
    while (answers.length < 3 * LIMIT && answers.at(-1)?.status !== 429) answers.push(await ask(world.key));
    const refused = answers.at(-1);
    if (refused === undefined) throw new Error('Nothing was asked.');
    expect(answers.length).toBeGreaterThan(LIMIT);
    expectProblem(refused, 429, 'rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(refused.body.retry_after_seconds).toBe(Number(refused.headers.get('retry-after')));
    expect((await open.call('GET', '/api/connections?limit=1')).status).toBe(200);
    expect((await open.call('GET', '/api/health/live', { key: null })).status).toBe(200);
    expect((await bench.service.call('GET', '/api/connections?limit=1', { key: world.key })).status).toBe(
      200,
    );
  });
});

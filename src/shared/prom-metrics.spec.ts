import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseExposition, type Family } from '../../test/support/exposition.js';
import { aFailure } from '../../test/support/a-failure.js';
import { FixedClock } from './clock.js';
import { ProviderError } from './failure.js';
import { callOutcome, measuredCall, type Gauge } from './metrics.js';
import { PromMetrics } from './prom-metrics.js';

let metrics: PromMetrics;

beforeEach(() => {
  metrics = new PromMetrics();
});

async function shown(name: string, gauges: readonly Gauge[] = []): Promise<Family> {
  const family = parseExposition(await metrics.text(gauges)).get(`slotkeeper_${name}`);
  if (family === undefined) throw new Error(`${name} is not shown.`);
  return family;
}

const aGauge = (samples: Gauge['samples']): Gauge => ({ name: 'things', help: 'Things.', samples });

describe('what is measured', () => {
  it('is shown as families of the text format, with help', async () => {
    metrics.request('GET', '/api/bookings/:id', 200, 0.02);
    metrics.request('GET', '/api/bookings/:id', 200, 3);
    metrics.request('GET', null, 404, 0.001);
    const { type, help, samples } = await shown('http_request_duration_seconds');
    expect([type, help]).toEqual(['histogram', expect.stringMatching(/^Time /)]);
    const labels = { method: 'GET', route: '/api/bookings/:id', status: '200' };
    expect(samples).toContainEqual({
      name: 'slotkeeper_http_request_duration_seconds_count',
      labels,
      value: 2,
    });
    expect(samples).toContainEqual({
      name: 'slotkeeper_http_request_duration_seconds_sum',
      labels,
      value: 3.02,
    });
    expect(samples).toContainEqual({
      name: 'slotkeeper_http_request_duration_seconds_bucket',
      labels: { ...labels, le: '0.025' },
      value: 1,
    });
    expect(samples.some((sample) => sample.labels['route'] === 'none')).toBe(true);
  });

  it('counts what callers make up as one', async () => {
    for (const method of ['BREW', 'PROPFIND', 'X']) metrics.request(method, null, 404, 0);
    const { samples } = await shown('http_request_duration_seconds');
    expect(new Set(samples.map(({ labels }) => labels['method']))).toEqual(new Set(['other']));
  });

  it('is counted by outcome', async () => {
    metrics.tokenRefresh('refreshed');
    metrics.tokenRefresh('refreshed');
    metrics.tokenRefresh('needs_reauth');
    metrics.auditUnwritten();
    metrics.jobRun('sweep', 'partial', 2);
    expect((await shown('token_refreshes_total')).samples).toEqual([
      { name: 'slotkeeper_token_refreshes_total', labels: { outcome: 'refreshed' }, value: 2 },
      { name: 'slotkeeper_token_refreshes_total', labels: { outcome: 'needs_reauth' }, value: 1 },
    ]);
    expect((await shown('audit_unwritten_total')).samples).toMatchObject([{ value: 1 }]);
    expect((await shown('job_duration_seconds')).samples).toContainEqual(
      expect.objectContaining({ labels: { job: 'sweep', result: 'partial' }, value: 2 }),
    );
  });

  it('shows a gauge as it is told, and not what it was the last time', async () => {
    const two = aGauge([
      { labels: { kind: 'a' }, value: 1 },
      { labels: { kind: 'b "quoted"\n' }, value: 2 },
    ]);
    expect(
      (await shown('things', [two])).samples.map(({ labels, value }) => [labels['kind'], value]),
    ).toEqual([
      ['a', 1],
      ['b "quoted"\n', 2],
    ]);
    expect((await shown('things', [aGauge([{ labels: { kind: 'a' }, value: 3 }])])).samples).toHaveLength(1);
    await expect(shown('things')).rejects.toThrow('not shown');
  });

  it('includes the process itself', async () => {
    const families = parseExposition(await metrics.text([]));
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(families.get(name)?.samples).toHaveLength(1);
  });
});

describe('a call of the provider', () => {
  const clock = new FixedClock(0);

  it.each([
    ['ok', null],
    ['connection_error', new ProviderError(aFailure())],
    ['timeout', new ProviderError({ ...aFailure(), timedOut: true })],
    ['fault', new TypeError('a bug')],
  ])('that ends in %s is measured as such, with its time', async (outcome, error) => {
    const call = measuredCall(
      { metrics, clock },
      () => 'GET events',
      async () => {
        clock.advance(1500);
        if (error !== null) throw error;
        return 'answer';
      },
    );
    if (error === null) expect(await call).toBe('answer');
    else await expect(call).rejects.toBe(error);
    const { samples } = await shown('provider_call_duration_seconds');
    expect(samples).toContainEqual({
      name: 'slotkeeper_provider_call_duration_seconds_sum',
      labels: { endpoint: 'GET events', outcome },
      value: 1.5,
    });
    if (error !== null) expect(callOutcome(error)).toBe(outcome);
  });
});

import { Injectable } from '@nestjs/common';
import { Circuits } from '../calendars/circuits.js';
import { Clock } from '../shared/clock.js';
import { nextTick } from '../shared/cron-expression.js';
import { Metrics, type Gauge, type Sample } from '../shared/metrics.js';
import { ScheduledJobs } from '../shared/scheduled-jobs.js';
import { STATE_GAUGES, StoredState, type StateCount } from './stored-state.js';

/** However many ask, and however often: the database is not asked more than once in this time. */
const FRESH_MS = 15_000;

/** All that is measured: what this process counted, and what the database and the circuits know just now. */
@Injectable()
export class ScrapeMetrics {
  readonly #startedAt: number;
  #counted: { readonly at: number; readonly counts: Promise<readonly StateCount[] | null> } | null = null;

  constructor(
    private readonly state: StoredState,
    private readonly jobs: ScheduledJobs,
    private readonly circuits: Circuits,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {
    this.#startedAt = clock.now();
  }

  /** While the database is away, what it knows is left out: nothing is not none. */
  async execute(): Promise<string> {
    const counts = await this.#counts();
    return this.metrics.text([
      gauge('state_known', 'Whether the database could be asked for what it knows.', [
        { labels: {}, value: counts === null ? 0 : 1 },
      ]),
      this.#circuitsOpen(),
      ...(counts === null ? [] : [...stateGauges(counts), this.#overdue(counts)]),
    ]);
  }

  #counts(): Promise<readonly StateCount[] | null> {
    const now = this.clock.elapsed();
    if (this.#counted === null || now - this.#counted.at >= FRESH_MS)
      this.#counted = { at: now, counts: this.state.count().catch(() => null) };
    return this.#counted.counts;
  }

  #circuitsOpen(): Gauge {
    const { provider, connections } = this.circuits.open();
    return gauge('circuits_open', 'Who is left alone for a while after calls that went unanswered.', [
      { labels: { scope: 'connection' }, value: connections },
      { labels: { scope: 'provider' }, value: provider ? 1 : 0 },
    ]);
  }

  /** Of a job that was never run since this process is there, the first tick after its start counts. */
  #overdue(counts: readonly StateCount[]): Gauge {
    const lastTick = new Map(
      counts.flatMap(({ gauge: name, labels, value }) =>
        name === 'job_last_tick_timestamp_seconds' ? [[labels[0], value * 1000] as const] : [],
      ),
    );
    const samples = this.jobs.planned().map(({ name: job, cron }) => {
      const dueAt = nextTick(cron, lastTick.get(job) ?? this.#startedAt);
      return { labels: { job }, value: Math.max(0, this.clock.now() - dueAt) / 1000 };
    });
    return gauge(
      'job_overdue_seconds',
      'How long ago the tick of a job was that no instance has begun.',
      samples,
    );
  }
}

function stateGauges(counts: readonly StateCount[]): Gauge[] {
  return Object.entries(STATE_GAUGES).map(([name, { help, labels: names }]) =>
    gauge(
      name,
      help,
      counts
        .filter((count) => count.gauge === name)
        .map(({ labels, value }) => ({ labels: named(names, labels), value })),
    ),
  );
}

function named(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}

function gauge(name: string, help: string, samples: readonly Sample[]): Gauge {
  return { name, help, samples };
}

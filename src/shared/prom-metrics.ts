import { Injectable } from '@nestjs/common';
import Counter from 'prom-client/lib/counter.js';
import PromGauge from 'prom-client/lib/gauge.js';
import Histogram from 'prom-client/lib/histogram.js';
import Registry from 'prom-client/lib/registry.js';
import type { JobOutcome } from './job-outcome.js';
import { Metrics, type CallOutcome, type Gauge, type RefreshOutcome } from './metrics.js';

const PREFIX = 'slotkeeper_';
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
const CALL_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8];
const JOB_SECONDS = [0.01, 0.1, 1, 10, 60, 300, 900, 3600];
/** What HTTP knows; anything else that a caller makes up counts as one. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
@Injectable()
export class PromMetrics extends Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#histogram(
    'http_request_duration_seconds',
    'Time until a request was answered, by the template of its route.',
    ['method', 'route', 'status'],
    REQUEST_SECONDS,
  );
  readonly #calls = this.#histogram(
    'provider_call_duration_seconds',
    'Time of one attempt at the provider, by how it ended.',
    ['endpoint', 'outcome'],
    CALL_SECONDS,
  );
  readonly #jobs = this.#histogram(
    'job_duration_seconds',
    'Time of the runs of a job on this instance, by how they ended.',
    ['job', 'result'],
    JOB_SECONDS,
  );
  readonly #webhooks = this.#histogram(
    'webhook_attempt_duration_seconds',
    'Time of one attempt to tell a webhook, by how it ended, and what the delivery is from then on.',
    ['outcome', 'delivery'],
    CALL_SECONDS,
  );
  readonly #refreshes = this.#counter(
    'token_refreshes_total',
    'Refreshes of tokens by this instance, by what they came to.',
    ['outcome'],
  );
  readonly #unwritten = this.#counter(
    'audit_unwritten_total',
    'Entries that the audit log lacks, and the log has instead.',
    [],
  );
  #defaults: Promise<void> | undefined;

  request(method: string, route: string | null, status: number, seconds: number): void {
    const known = METHODS.has(method) ? method : 'other';
    this.#requests.observe({ method: known, route: route ?? 'none', status }, seconds);
  }

  providerCall(endpoint: string, outcome: CallOutcome, seconds: number): void {
    this.#calls.observe({ endpoint, outcome }, seconds);
  }

  tokenRefresh(outcome: RefreshOutcome): void {
    this.#refreshes.inc({ outcome });
  }

  jobRun(job: string, result: JobOutcome['result'], seconds: number): void {
    this.#jobs.observe({ job, result }, seconds);
  }

  webhookAttempt(outcome: string, delivery: string, seconds: number): void {
    this.#webhooks.observe({ outcome, delivery }, seconds);
  }

  auditUnwritten(): void {
    this.#unwritten.inc();
  }

  async text(gauges: readonly Gauge[]): Promise<string> {
    this.#defaults ??= this.#watchProcess();
    await this.#defaults;
    return (await this.#registry.metrics()) + (await textOf(gauges));
  }

  /** Of the process itself; their package comes when somebody first asks: it would slow down every start. */
  async #watchProcess(): Promise<void> {
    const { default: collectDefaultMetrics } = await import('prom-client/lib/defaultMetrics.js');
    collectDefaultMetrics({ register: this.#registry });
  }

  #histogram<L extends string>(name: string, help: string, labelNames: L[], buckets: number[]): Histogram<L> {
    return new Histogram({ name: PREFIX + name, help, labelNames, buckets, registers: [this.#registry] });
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name: PREFIX + name, help, labelNames, registers: [this.#registry] });
  }
}

/** In a registry of their own, so that what is not known this time is not shown as it was the last time. */
async function textOf(gauges: readonly Gauge[]): Promise<string> {
  const registry = new Registry();
  for (const { name, help, samples } of gauges) {
    const labelNames = Object.keys(samples[0]?.labels ?? {});
    const gauge = new PromGauge({ name: PREFIX + name, help, labelNames, registers: [registry] });
    for (const { labels, value } of samples) gauge.set(labels, value);
  }
  return registry.metrics();
}

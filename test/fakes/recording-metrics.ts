import type { JobOutcome } from '../../src/shared/job-outcome.js';
import { Metrics, type CallOutcome, type Gauge, type RefreshOutcome } from '../../src/shared/metrics.js';

/** Keeps what was measured, without the times. */
export class RecordingMetrics extends Metrics {
  readonly measured: string[] = [];
  gauges: readonly Gauge[] = [];

  request(method: string, route: string | null, status: number): void {
    this.measured.push(`${method} ${route ?? 'none'} ${status}`);
  }

  providerCall(endpoint: string, outcome: CallOutcome): void {
    this.measured.push(`${endpoint}: ${outcome}`);
  }

  tokenRefresh(outcome: RefreshOutcome): void {
    this.measured.push(`refresh: ${outcome}`);
  }

  jobRun(job: string, result: JobOutcome['result']): void {
    this.measured.push(`${job}: ${result}`);
  }

  webhookAttempt(outcome: string, delivery: string): void {
    this.measured.push(`webhook: ${outcome}, ${delivery}`);
  }

  auditUnwritten(): void {
    this.measured.push('audit unwritten');
  }

  async text(gauges: readonly Gauge[]): Promise<string> {
    this.gauges = gauges;
    return `${gauges.length} gauges`;
  }
}

import type { Clock } from './clock.js';
import { ProviderError, type FailureCategory } from './failure.js';
import type { JobOutcome } from './job-outcome.js';

/** `fault`: not the provider's. */
export type CallOutcome = 'ok' | 'timeout' | FailureCategory | 'fault';

/** `failed`: for the moment. */
export type RefreshOutcome = 'refreshed' | 'failed' | 'needs_reauth';

export interface Sample {
  /** All of one gauge have the same. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Something that is not counted as it happens, but looked up when somebody asks. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * What is measured, for a monitoring system to fetch. Labels come from the code, never from a tenant: no ids, no names,
 * so that their number does not grow with use.
 */
export abstract class Metrics {
  /** `route` is its template; null when there is none. */
  abstract request(method: string, route: string | null, status: number, seconds: number): void;
  /** One attempt at the provider, its body included. */
  abstract providerCall(endpoint: string, outcome: CallOutcome, seconds: number): void;
  /** What a refresh came to, its repeats included. */
  abstract tokenRefresh(outcome: RefreshOutcome): void;
  abstract jobRun(job: string, result: JobOutcome['result'], seconds: number): void;
  /** One attempt to tell a webhook of an event: `delivered`, or why not; and what the delivery is from then on. */
  abstract webhookAttempt(outcome: string, delivery: string, seconds: number): void;
  abstract auditUnwritten(): void;
  /** Everything, with these gauges, in the text format of Prometheus. */
  abstract text(gauges: readonly Gauge[]): Promise<string>;
}

/** Measures one attempt at the provider, however it ends. `endpoint` is asked for at the end. */
export async function measuredCall<T>(
  { metrics, clock }: { readonly metrics: Metrics; readonly clock: Clock },
  endpoint: () => string,
  call: () => Promise<T>,
): Promise<T> {
  const startedAt = clock.elapsed();
  const measure = (outcome: CallOutcome): void =>
    metrics.providerCall(endpoint(), outcome, (clock.elapsed() - startedAt) / 1000);
  try {
    const result = await call();
    measure('ok');
    return result;
  } catch (error) {
    measure(callOutcome(error));
    throw error;
  }
}

export function callOutcome(error: unknown): CallOutcome {
  if (!(error instanceof ProviderError)) return 'fault';
  return error.failure.timedOut ? 'timeout' : error.failure.category;
}

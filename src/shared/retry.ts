import type { Deadline } from './deadline.js';
import { attemptsOf, ProviderError, type Failure } from './failure.js';

const MAX_ATTEMPTS = 3;
const BASE_PAUSE_MS = 200;
const MAX_PAUSE_MS = 2000;
/** F27: an answer that cannot be read once may be chance; twice it is not. */
const FEWER_ATTEMPTS: Readonly<Record<string, number>> = { malformed_answer: 2 };

/**
 * Repeats an idempotent call on a passing failure: at most two extra attempts, exponential pause with full
 * jitter, the provider's `Retry-After` when it fits. A time-out is not repeated: it would double the wait.
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @throws ProviderError the last failure, with the number of calls that failed
 */
export async function retrying<T>(
  deadline: Deadline,
  attempt: (number: number) => Promise<T>,
  maxAttempts = MAX_ATTEMPTS,
): Promise<T> {
  let failed = 0;
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const ended = error.after(failed);
      const pauseMs = number >= maxAttempts ? null : pauseBefore(error.failure, number);
      if (pauseMs === null || pauseMs >= deadline.remainingMs()) throw ended;
      failed = attemptsOf(ended.failure);
      await deadline.pause(pauseMs);
    }
  }
}

/** Does `work` after `calls` that failed: when it fails as well, they all count. */
export async function afterFailed<T>(calls: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProviderError ? error.after(calls) : error;
  }
}

function pauseBefore({ code, retryable, timedOut, retryAfterMs }: Failure, number: number): number | null {
  if (!retryable || timedOut || number >= (FEWER_ATTEMPTS[code] ?? MAX_ATTEMPTS)) return null;
  return retryAfterMs ?? Math.random() * Math.min(MAX_PAUSE_MS, BASE_PAUSE_MS * 2 ** number);
}

import type { Clock } from './clock.js';
import { AlreadyRunning } from './job-lock.js';

const LOOK_AGAIN_MS = 30_000;
const PATIENCE_MS = 30 * 60_000;

/**
 * Does `work` once nobody else is at it: for what comes too seldom to be left out because of another run. It looks again
 * every half a minute.
 *
 * @throws AlreadyRunning the other run has lasted for half an hour
 */
export async function patiently<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const startedAt = clock.elapsed();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isPatient = clock.elapsed() - startedAt < PATIENCE_MS;
      if (!(error instanceof AlreadyRunning) || !isPatient) throw error;
      await clock.pause(LOOK_AGAIN_MS);
    }
  }
}

import { AlreadyRunning, JobLock } from '../../src/shared/job-lock.js';

export class InMemoryJobLock extends JobLock {
  readonly #held = new Set<string>();

  async exclusively<T>(job: string, work: () => Promise<T>): Promise<T> {
    if (this.#held.has(job)) throw new AlreadyRunning(job);
    this.#held.add(job);
    try {
      return await work();
    } finally {
      this.#held.delete(job);
    }
  }
}

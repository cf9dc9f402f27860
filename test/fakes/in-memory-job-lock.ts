import { AlreadyRunning, JobLock } from '../../src/shared/job-lock.js';

export class InMemoryJobLock extends JobLock {
  readonly #held = new Map<string, number>();
  #sessions = 0;

  async exclusively<T>(job: string, work: (session: number) => Promise<T>): Promise<T> {
    if (this.#held.has(job)) throw new AlreadyRunning(job);
    const session = (this.#sessions += 1);
    this.#held.set(job, session);
    try {
      return await work(session);
    } finally {
      this.#held.delete(job);
    }
  }

  /** As when the session of its holder ends, although the holder works on. */
  free(job: string): void {
    this.#held.delete(job);
  }

  isHeldBy(job: string, session: number): boolean {
    return this.#held.get(job) === session;
  }
}

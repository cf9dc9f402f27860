import type { DataSource, QueryRunner } from 'typeorm';
import type { Clock } from './clock.js';
import { contention } from './database-errors.js';

const MAX_RETRIES = 3;
const MAX_PAUSE_MS = 50;

/**
 * Repeats what others got in the way of (F49): a statement, or the whole of a transaction. It was rolled back, so
 * nothing happens twice; what a transaction does must be in the database only.
 */
export function retryContention(source: DataSource, clock: Pick<Clock, 'pause'>): void {
  const createQueryRunner = source.createQueryRunner.bind(source);
  source.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode);
    const query: QueryRunner['query'] = runner.query.bind(runner);
    // Inside a transaction, a statement that was rolled back took the others with it.
    runner.query = (...statement: Parameters<typeof query>) =>
      runner.isTransactionActive ? query(...statement) : retried(() => query(...statement), clock);
    return runner;
  };
  const { manager } = source;
  const transaction: (...work: never[]) => Promise<unknown> = manager.transaction;
  Object.assign(manager, {
    transaction: (...work: unknown[]) => retried(() => Reflect.apply(transaction, manager, work), clock),
  });
}

async function retried<T>(work: () => Promise<T>, clock: Pick<Clock, 'pause'>): Promise<T> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await work();
    } catch (error) {
      if (retry >= MAX_RETRIES || !contention(error)) throw error;
      await clock.pause(Math.random() * MAX_PAUSE_MS * 2 ** retry);
    }
  }
}

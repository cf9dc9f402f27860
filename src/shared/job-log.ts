import { bugFacts } from './bug-facts.js';
import { databaseOutage } from './database-errors.js';
import type { Log } from './log.js';

export function tellJobSkip(log: Log, job: string): void {
  log.debug('job.skipped', 'Another run does this work, or has done it.', { job });
}

export function tellJobFailure(log: Log, job: string, error: unknown): void {
  // A database that is away ends every job; that it is away is told by the readiness.
  const level = databaseOutage(error) ? 'warn' : 'error';
  const facts = { job, ...bugFacts(error) };
  log[level]('job.failed', 'A scheduled job failed; it will run again as planned.', facts);
}

import { AppError } from './app-error.js';

const RETRY_SECONDS = 30;

/** Another instance or command is at it already, so nothing was done. Status 409. */
export class AlreadyRunning extends AppError {
  readonly kind = 'conflict';
  readonly code = 'conflict';

  constructor(job: string) {
    const name = job.replaceAll('-', ' ');
    super(`Another ${name} is already running; nothing was done.`, { retry_after_seconds: RETRY_SECONDS });
  }
}

/**
 * Lets one at a time do a job, over all instances and commands. The job ends with its holder, but a holder that is cut
 * off from the others goes on unknowingly: jobs are safe to run twice.
 */
export abstract class JobLock {
  /**
   * What `work` answers. It is told which session of the database holds the lock: its process id there.
   *
   * @throws AlreadyRunning at once, without `work`, while another does the job
   */
  abstract exclusively<T>(job: string, work: (session: number) => Promise<T>): Promise<T>;
}

/** What a job carries: ids and counts. It is stored as it is, so nothing that is secret. */
export type JobPayload = Readonly<Record<string, unknown>>;

/**
 * Does one job. A job may be done twice, and by any instance: what it did before counts, not that it ran. `signal`
 * fires when its time is over, after {@link JOB_LIMIT_MS} at the latest; then it has to end. After a throw the job
 * runs again later, each time after a longer pause.
 */
export type Task = (payload: JobPayload, signal: AbortSignal) => Promise<void>;

/** The longest that one run of a job may take. */
export const JOB_LIMIT_MS = 15_000;

/**
 * Work that outlives the request and the process which asked for it. A job is put there by `enqueued` in the very
 * statement that makes the change it follows from: both are stored, or neither.
 */
export abstract class Queue {
  /** While the application starts. `name` is what the statements call the task. */
  abstract register(name: string, task: Task): void;
}

/** Each an SQL expression. */
export interface JobSql {
  readonly task: string;
  /** Of the type `json`. */
  readonly payload: string;
  /** At once when it is left out. */
  readonly runAt?: string;
  /** Of several jobs with one key only the latest is done, unless the earlier one is under way. */
  readonly key?: string;
  /** The lower, the sooner, among those that are due. */
  readonly priority?: string;
}

/** A job is never given up: what keeps failing is the service's own database or a bug, and both get mended. */
const MAX_ATTEMPTS = 32_767;

/**
 * SQL that puts a job into the queue and is its id. To be evaluated once for each change: in what is selected from the
 * rows that a change returned, never in the change itself, which may be evaluated again when it had to wait.
 *
 * @see https://worker.graphile.org/docs/sql-add-job
 */
export function enqueued({ task, payload, runAt = 'now()', key = 'NULL', priority = '0' }: JobSql): string {
  return `(graphile_worker.add_job(${task}, ${payload}, run_at => ${runAt}, job_key => ${key},
    priority => ${priority}, max_attempts => ${MAX_ATTEMPTS})).id`;
}

/** Keeps the locks of workers apart from other advisory locks in the same database. */
const LOCK_SPACE = 7_227;

/** Held by the session of a worker as long as it lives. */
export const HOLD_WORKER = `SELECT pg_advisory_lock(${LOCK_SPACE}, hashtext($1))`;

/**
 * Gives back the jobs of workers whose session is gone. None of those jobs can still be running when they were taken
 * longer ago than a run may take: a worker that only lost its session has had the time to notice.
 *
 * @see https://worker.graphile.org/docs/admin-functions
 */
export const RELEASE_JOBS_OF_THE_GONE = `
  WITH owners AS MATERIALIZED (
    SELECT locked_by AS worker FROM graphile_worker.jobs WHERE locked_by <> $1
    GROUP BY locked_by HAVING max(locked_at) < now() - $2 * interval '1 millisecond'
  ), gone AS MATERIALIZED (
    SELECT worker FROM owners WHERE pg_try_advisory_xact_lock(${LOCK_SPACE}, hashtext(worker))
  )
  SELECT graphile_worker.force_unlock_workers(array_agg(worker)), count(*)::int AS workers FROM gone HAVING count(*) > 0`;

export const HAS_JOBS = 'SELECT EXISTS (SELECT FROM graphile_worker.jobs) AS waiting';
/** The channel on which `add_job` tells of a job. */
export const HEAR_OF_JOBS = 'LISTEN "jobs:insert"';

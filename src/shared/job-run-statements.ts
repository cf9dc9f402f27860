import { KEPT_RUNS } from './job-runs.js';
import { LOCK_SPACE } from './postgres-job-lock.js';

/** Of the job `$1`, before it gets one more. */
const OUTDATED = `
  DELETE FROM job_runs WHERE job = $1
    AND tick < (SELECT tick FROM job_runs WHERE job = $1 ORDER BY tick DESC OFFSET ${KEPT_RUNS - 1} LIMIT 1)
    AND tick < (SELECT max(tick) FROM job_runs WHERE job = $1 AND result IN ('ok', 'partial'))`;

/** Whoever claims has the lock, so that nobody else is at an earlier run any more. */
export const CLAIM = `
  WITH earlier AS (
    UPDATE job_runs SET result = 'interrupted' WHERE job = $1 AND result IS NULL
  ), outdated AS (${OUTDATED}
  ), claimed AS (
    INSERT INTO job_runs (job, tick, started_at, instance, session)
    SELECT $1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000), $4, $5
    WHERE NOT EXISTS (SELECT FROM job_runs WHERE job = $1 AND tick >= to_timestamp($2::float8 / 1000))
    ON CONFLICT DO NOTHING RETURNING job
  )
  SELECT count(*)::int AS claimed FROM claimed`;

export const FINISH = `
  UPDATE job_runs SET result = $3, detail = $4, finished_at = to_timestamp($5::float8 / 1000)
  WHERE job = $1 AND tick = to_timestamp($2::float8 / 1000)`;

/** No session holds a lock for it. */
export const NOTE = `
  WITH outdated AS (${OUTDATED}
  )
  INSERT INTO job_runs (job, tick, started_at, finished_at, instance, session, result, detail)
  VALUES ($1, to_timestamp($2::float8 / 1000), to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000), $5, 0, $6, $7)
  ON CONFLICT ON CONSTRAINT pk_job_runs DO UPDATE SET started_at = excluded.started_at,
    finished_at = excluded.finished_at, instance = excluded.instance, result = excluded.result, detail = excluded.detail
  WHERE job_runs.result = 'ok' AND excluded.result <> 'ok'`;

/** A run without a result goes on as long as its session holds the lock. */
export const RUNS = `
  SELECT job, floor(extract(epoch FROM tick) * 1000)::float8 AS tick,
    floor(extract(epoch FROM started_at) * 1000)::float8 AS "startedAt",
    floor(extract(epoch FROM finished_at) * 1000)::float8 AS "finishedAt", instance, detail,
    coalesce(result, CASE WHEN EXISTS (
      SELECT FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.classid = ${LOCK_SPACE} AND l.objid = hashtext('tick:' || job)::oid
        AND l.pid = session AND l.granted
    ) THEN 'running' ELSE 'interrupted' END) AS result
  FROM job_runs ORDER BY tick DESC`;

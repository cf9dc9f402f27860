/** Epoch milliseconds of a time, and the time of a parameter that holds them. */
const ms = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::float8`;
const timeOf = (parameter: string): string => `to_timestamp(${parameter}::float8 / 1000)`;

/**
 * `$1`: a workspace, or null for all; `$2` and `$3`: the window. A gone calendar counts while it is used.
 * `only`: the parameter that names a calendar, or is null for all.
 */
const countedBy = (only = 'NULL'): string => `
  counted AS (
    SELECT c.id, c.name, c.workspace_id, c.connection_id, n.account_email, c.health_checked_at
    FROM calendars c JOIN connections n ON n.id = c.connection_id
    WHERE ($1::uuid IS NULL OR c.workspace_id = $1) AND (${only}::uuid IS NULL OR c.id = ${only}) AND (
      c.active AND n.auth_status <> 'disconnected'
      OR EXISTS (SELECT FROM configurations f WHERE f.calendar_id = c.id)
      OR EXISTS (SELECT FROM conflict_calendars x WHERE x.calendar_id = c.id)
    )
  )`;

/** The same for one calendar, whether it counts or not: `$5`. */
const ONE = `
  counted AS (SELECT id, health_checked_at FROM calendars WHERE id = $5 AND ($1::uuid IS NULL OR workspace_id = $1))`;

/**
 * When it was known whether a calendar works, and when it was known not to; both cut to the window. An observation
 * that is still open ends with what vouches for it, and an outage is down time only as far as it was observed.
 */
const PERIODS = `
  observed AS (
    SELECT * FROM (
      SELECT o.calendar_id, greatest(o.started_at, ${timeOf('$2')}) AS started_at, least(${timeOf('$3')},
        coalesce(o.ended_at, greatest(o.started_at, c.health_checked_at) + observation_lifetime())) AS ended_at
      FROM counted c JOIN calendar_observations o ON o.calendar_id = c.id
      WHERE o.started_at < ${timeOf('$3')} AND (o.ended_at IS NULL OR o.ended_at > ${timeOf('$2')})
    ) AS cut WHERE started_at < ended_at
  ), down AS (
    SELECT p.calendar_id, greatest(o.started_at, p.started_at) AS started_at,
      least(o.ended_at, p.ended_at) AS ended_at
    FROM observed p JOIN calendar_outages o ON o.calendar_id = p.calendar_id
    WHERE o.started_at < p.ended_at AND (o.ended_at IS NULL OR o.ended_at > p.started_at)
  )`;

const OUTAGES_IN_WINDOW = `
  counted c JOIN calendar_outages o ON o.calendar_id = c.id
  WHERE o.started_at < ${timeOf('$3')} AND (o.ended_at IS NULL OR o.ended_at > ${timeOf('$2')})`;

/** Each table is added up by calendar before the sums meet, so that none of them multiplies another. */
export const RECORDS = `
  WITH ${countedBy('$4')}, ${PERIODS}, seen AS (
    SELECT calendar_id, ${ms('sum(ended_at - started_at)')} AS observed_ms FROM observed GROUP BY 1
  ), lost AS (
    SELECT calendar_id, ${ms('sum(ended_at - started_at)')} AS downtime_ms,
      ${ms('max(ended_at - started_at)')} AS longest_ms
    FROM down GROUP BY 1
  ), met AS (
    SELECT o.calendar_id, count(*) AS outages, count(*) FILTER (WHERE o.ended_at <= ${timeOf('$3')}) AS recoveries,
      ${ms(`(sum(o.ended_at - o.started_at) FILTER (WHERE o.ended_at <= ${timeOf('$3')}))`)} AS recovery_ms
    FROM ${OUTAGES_IN_WINDOW} GROUP BY 1
  ), checked AS (
    SELECT h.calendar_id, sum(h.checks) AS checks, sum(h.failed_checks) AS failed_checks
    FROM counted c JOIN calendar_check_hours h ON h.calendar_id = c.id
    WHERE h.hour >= date_trunc('hour', ${timeOf('$2')}, 'UTC') AND h.hour < ${timeOf('$3')} GROUP BY 1
  )
  SELECT c.id AS "calendarId", c.name, c.workspace_id AS "workspaceId", c.connection_id AS "connectionId",
    c.account_email AS "accountEmail", coalesce(observed_ms, 0) AS "observedMs",
    coalesce(downtime_ms, 0) AS "downtimeMs", coalesce(longest_ms, 0) AS "longestOutageMs",
    coalesce(outages, 0)::int AS outages, coalesce(recoveries, 0)::int AS recoveries,
    coalesce(recovery_ms, 0) AS "recoveryMs", coalesce(checks, 0)::int AS checks,
    coalesce(failed_checks, 0)::int AS "failedChecks"
  FROM counted c LEFT JOIN seen ON seen.calendar_id = c.id LEFT JOIN lost ON lost.calendar_id = c.id
    LEFT JOIN met ON met.calendar_id = c.id LEFT JOIN checked ON checked.calendar_id = c.id
  ORDER BY c.workspace_id, c.account_email, c.name, c.id`;

export const OUTAGES = `
  WITH ${countedBy('$5')}
  SELECT calendar_id AS "calendarId", ${ms('started_at')} AS "startedAt", ${ms('ended_at')} AS "endedAt", category
  FROM (
    SELECT o.*, row_number() OVER (PARTITION BY o.calendar_id ORDER BY o.started_at DESC) AS place
    FROM ${OUTAGES_IN_WINDOW}
  ) AS latest
  WHERE place <= $4 ORDER BY calendar_id, started_at DESC`;

/**
 * `$4`: the bounds of the steps. Instead of cutting each period into each step that it reaches into, it is noted at
 * its two ends only: what was open before a step counts for all of it, and each end inside corrects that by how much
 * of the step lay beyond it. So the cost is that of the periods and the steps, and not of their product.
 */
function trend(calendars: string, checks: string): string {
  return `
  WITH ${calendars}, ${PERIODS}, turn AS (
    SELECT false AS is_down, 1 AS change, started_at AS at FROM observed
    UNION ALL SELECT false, -1, ended_at FROM observed
    UNION ALL SELECT true, 1, started_at FROM down
    UNION ALL SELECT true, -1, ended_at FROM down
  ), turns AS (
    SELECT width_bucket(at, $4::timestamptz[]) AS step, sum(change) FILTER (WHERE NOT is_down) AS seen,
      sum(change * (${ms('at')} - $2)) FILTER (WHERE NOT is_down) AS seen_at,
      sum(change) FILTER (WHERE is_down) AS lost, sum(change * (${ms('at')} - $2)) FILTER (WHERE is_down) AS lost_at
    FROM turn GROUP BY 1
  ), counts AS (
    SELECT width_bucket(at, $4::timestamptz[]) AS step, sum(checks) AS checks, sum(failed) AS failed,
      sum(duration_ms) AS duration_ms
    FROM (${checks}) AS counted_checks GROUP BY 1
  ), step AS (
    SELECT n, ${ms('($4::timestamptz[])[n]')} AS starts, ${ms('($4::timestamptz[])[n + 1]')} AS ends
    FROM generate_series(1, cardinality($4::timestamptz[]) - 1) AS n
  )
  SELECT starts AS "startAt", ends AS "endAt",
    coalesce(sum(seen) OVER before, 0) * (ends - starts) + coalesce(seen * (ends - $2) - seen_at, 0) AS "observedMs",
    coalesce(sum(lost) OVER before, 0) * (ends - starts) + coalesce(lost * (ends - $2) - lost_at, 0) AS "downtimeMs",
    coalesce(checks, 0)::int AS checks, coalesce(failed, 0)::int AS "failedChecks",
    coalesce(duration_ms, 0)::float8 AS "checkMs"
  FROM step LEFT JOIN turns ON turns.step = n LEFT JOIN counts ON counts.step = n
  WINDOW before AS (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  ORDER BY n`;
}

const CHECKS = {
  check: `
    SELECT k.at, 1 AS checks, (k.category IS NOT NULL)::int AS failed, k.duration_ms
    FROM counted c JOIN calendar_checks k ON k.calendar_id = c.id
    WHERE k.at >= ${timeOf('$2')} AND k.at < ${timeOf('$3')}`,
  hour: `
    SELECT h.hour AS at, sum(h.checks) AS checks, sum(h.failed_checks) AS failed, sum(h.duration_ms) AS duration_ms
    FROM counted c JOIN calendar_check_hours h ON h.calendar_id = c.id
    WHERE h.hour >= ${timeOf('$2')} AND h.hour < ${timeOf('$3')} GROUP BY 1`,
} as const;

export const TRENDS = {
  all: { check: trend(countedBy(), CHECKS.check), hour: trend(countedBy(), CHECKS.hour) },
  one: { check: trend(ONE, CHECKS.check), hour: trend(ONE, CHECKS.hour) },
} as const;

export const FORGET_CHECKS = `DELETE FROM calendar_checks WHERE at < ${timeOf('$1')}`;
export const FORGET_HOURS = `DELETE FROM calendar_check_hours WHERE hour < ${timeOf('$1')}`;
export const FORGET_OUTAGES = `DELETE FROM calendar_outages WHERE ended_at < ${timeOf('$1')}`;
export const FORGET_OBSERVATIONS = `DELETE FROM calendar_observations WHERE ended_at < ${timeOf('$1')}`;

/** The one place that looks at connections and bookings together: what is under way must be seen as the tokens go. */
const DEAD = `
  SELECT c.id, c.workspace_id, c.account_email, c.last_error FROM connections c
  WHERE ($1::uuid IS NULL OR c.workspace_id = $1) AND c.auth_status = 'needs_reauth'
    AND c.last_error->>'actor' IN ('user', 'admin') AND (c.last_error->>'at')::float8 < $2::float8
    AND num_nonnulls(c.access_token, c.refresh_token) > 0
    AND (c.refresh_lease_until IS NULL OR c.refresh_lease_until < now())
    AND NOT EXISTS (
      SELECT FROM calendars k JOIN bookings b ON b.calendar_id = k.id
      WHERE k.connection_id = c.id AND b.status IN ('pending', 'cancelling'))`;

const TOLD = `
  id AS "connectionId", workspace_id AS "workspaceId", account_email AS "accountEmail",
  last_error->>'category' AS category, (last_error->>'at')::float8 AS "deadSince"`;

const LONGEST_FIRST = 'ORDER BY "deadSince", "connectionId"';

export const FIND_DEAD = `SELECT ${TOLD} FROM (${DEAD}) AS dead ${LONGEST_FIRST}`;

/** A new version of the tokens, so that whoever still has the old ones changes nothing any more. */
export const REMOVE_DEAD = `
  WITH dead AS (${DEAD} FOR UPDATE OF c), removed AS (
    UPDATE connections c SET access_token = NULL, refresh_token = NULL, token_expires_at = NULL,
      refresh_token_expires_at = NULL, token_version = token_version + 1, refresh_lease_id = NULL, refresh_lease_until = NULL,
      last_error = $3::jsonb || jsonb_build_object(
        'reason', dead.last_error->'code', 'at', dead.last_error->'at', 'count', 1)
    FROM dead WHERE c.id = dead.id RETURNING dead.*
  )
  SELECT ${TOLD} FROM removed ${LONGEST_FIRST}`;

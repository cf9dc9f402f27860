import { telling } from '../../outbox/outbox.module.js';

/** A failure as stored: with the time it began and how often it was met since. `$n` is the failure's JSON. */
const errorColumn = (parameter: string): string => `
  ${parameter}::jsonb || jsonb_build_object(
    'at', CASE WHEN last_error->>'code' = ${parameter}::jsonb->>'code'
               THEN (last_error->>'at')::bigint ELSE floor(extract(epoch FROM now()) * 1000)::bigint END,
    'count', CASE WHEN last_error->>'code' = ${parameter}::jsonb->>'code'
                  THEN (last_error->>'count')::int + 1 ELSE 1 END)`;

/**
 * Writes the history of what `rows` returned (id, workspace_id, account_email), and tells who listens: an entry of the
 * history is the event. `entries` selects (id, kind, failure, consented_at) of those whose state changed.
 */
const remembered = (rows: string, entries: string): string => `
  event AS (
    INSERT INTO connection_events (connection_id, kind, failure, consented_at) ${entries}
    RETURNING id, connection_id, kind, failure
  ), ${telling(`
    SELECT event.id, c.workspace_id, 'connection.' || event.kind, c.id, jsonb_build_object(
      'connection_id', c.id, 'account_email', c.account_email
    ) || CASE WHEN event.failure IS NULL THEN '{}' ELSE jsonb_build_object(
      'category', event.failure->'category', 'code', event.failure->'code',
      'actor', event.failure->'actor', 'message', event.failure->'message') END
    FROM event JOIN ${rows} AS c ON c.id = event.connection_id`)}`;

const NO_LEASE = 'refresh_lease_id = NULL, refresh_lease_until = NULL';
const HEALTHY = `auth_status = 'active', last_error = NULL, refresh_failures = 0, refresh_not_before = NULL`;

/**
 * Soonest first, from a place on. With force, all that are connected; else what ends within the margin and a
 * lookahead that differs from account to account, so that tokens of one minute are not refreshed in one; but
 * none in the first half of its life (F12). What nobody asked for in a week is kept alive: Google ends a
 * refresh token that is not used for six months.
 * @see https://developers.google.com/identity/protocols/oauth2#expiration
 */
export const DUE = `
  SELECT id, expires_at AS "expiresAt" FROM (
    SELECT id, coalesce(floor(extract(epoch FROM token_expires_at) * 1000), 0)::float8 AS expires_at
    FROM connections
    WHERE ($1::uuid IS NULL OR workspace_id = $1) AND CASE
      WHEN $2 THEN auth_status <> 'disconnected'
      ELSE auth_status = 'active' AND (refresh_not_before IS NULL OR refresh_not_before < now()) AND (
        token_expires_at IS NULL
        OR last_refreshed_at < to_timestamp($3::float8 / 1000) - interval '7 days'
        OR to_timestamp($3::float8 / 1000) >= token_expires_at - least(
          ($4::float8 + $5::float8 * (1 + (hashtext(id::text) & 1023) / 1023.0)) * interval '1 millisecond',
          greatest(token_expires_at - last_refreshed_at, interval '0') / 2
        ))
      END
  ) AS due
  WHERE (expires_at, id) > ($6::float8, $7::uuid)
  ORDER BY expires_at, id LIMIT $8`;

/** Our own OAuth client is to blame; the codes in `$n` name what looks like it and is not. */
const refusedByClient = (parameter: string): string => `(
  last_error->>'category' = 'provider_misconfigured' AND (last_error->>'needsReauth')::boolean
  AND last_error->>'code' <> ALL (${parameter}::text[]))`;

/** One that waits with a token that still works can wait longer than one that stands still. */
export const HELD_UP = `
  SELECT id, last_error->>'code' AS code FROM connections
  WHERE auth_status <> 'disconnected' AND ${refusedByClient('$1')}
  ORDER BY auth_status = 'active', (last_error->>'count')::int, (last_error->>'at')::bigint, id`;

/** In one order, so that two at once cannot wait for each other. */
export const RESUME_HELD_UP = `
  WITH before AS (
    SELECT id, auth_status FROM connections
    WHERE auth_status <> 'disconnected' AND ${refusedByClient('$1')}
    ORDER BY id FOR UPDATE
  ), resumed AS (
    UPDATE connections SET ${HEALTHY} FROM before WHERE connections.id = before.id
    RETURNING connections.id, workspace_id, account_email, before.auth_status
  ), ${remembered(
    'resumed',
    `SELECT id, 'recovered', NULL, NULL FROM resumed WHERE auth_status = 'needs_reauth'`,
  )}
  SELECT count(*)::int AS resumed FROM resumed`;

/** What has a finer reason, such as a session that an administrator limits, did not end by its age. */
export const ENDED_GRANTS = `
  SELECT e.connection_id AS "connectionId",
    floor(extract(epoch FROM e.consented_at) * 1000)::float8 AS "consentedAt",
    floor(extract(epoch FROM e.at) * 1000)::float8 AS "endedAt"
  FROM connection_events e JOIN connections c ON c.id = e.connection_id
  WHERE ($1::uuid IS NULL OR c.workspace_id = $1) AND e.at >= to_timestamp($2::float8 / 1000)
    AND e.kind = 'needs_reauth' AND e.failure->>'code' = 'invalid_grant' AND e.failure->>'reason' IS NULL
    AND e.consented_at IS NOT NULL
  ORDER BY e.at, e.id`;

/**
 * A missing refresh token keeps the stored one; re-authorization keeps the id and all that hangs on it. The row is locked
 * before it is read, so that of two consents at once one ends the stop.
 */
export const CONNECT = `
  WITH before AS MATERIALIZED (SELECT id, auth_status FROM connections WHERE id = $1 FOR UPDATE),
  saved AS (
    INSERT INTO connections AS c (id, workspace_id, provider, account_email, account_sub, auth_status, scopes,
      access_token, refresh_token, token_expires_at, refresh_token_expires_at, token_version, last_refreshed_at,
      consented_at)
    SELECT $1::uuid, $2::uuid, 'google', $3, $4, 'active', $5::text[], $6, $7, to_timestamp($8::float8 / 1000),
      to_timestamp($9::float8 / 1000), 1, now(), now() FROM (SELECT count(*) FROM before) AS locked
    ON CONFLICT ON CONSTRAINT uq_connections_account DO UPDATE SET
      account_sub = coalesce(excluded.account_sub, c.account_sub), scopes = excluded.scopes,
      access_token = excluded.access_token, refresh_token = coalesce(excluded.refresh_token, c.refresh_token),
      token_expires_at = excluded.token_expires_at, refresh_token_expires_at = excluded.refresh_token_expires_at,
      token_version = c.token_version + 1, last_refreshed_at = now(), consented_at = now(), ${HEALTHY}, ${NO_LEASE}
      WHERE c.id = excluded.id
    RETURNING c.id, c.workspace_id, c.account_email
  ), ${remembered(
    'saved',
    `SELECT saved.id, CASE before.auth_status WHEN 'needs_reauth' THEN 'recovered' ELSE 'connected' END, NULL, NULL
     FROM saved LEFT JOIN before ON true`,
  )}
  SELECT id FROM saved`;

export const REFUSE = `
  WITH before AS MATERIALIZED (
    SELECT auth_status FROM connections
    WHERE workspace_id = $2 AND provider = 'google' AND account_email = $3 FOR UPDATE
  ), saved AS (
    INSERT INTO connections AS c (id, workspace_id, provider, account_email, account_sub, auth_status, scopes, last_error)
    SELECT $1::uuid, $2::uuid, 'google', $3, $4, 'needs_reauth', $5::text[],
      $6::jsonb || jsonb_build_object('at', floor(extract(epoch FROM now()) * 1000)::bigint, 'count', 1)
    FROM (SELECT count(*) FROM before) AS locked
    ON CONFLICT ON CONSTRAINT uq_connections_account DO UPDATE SET
      auth_status = CASE c.auth_status WHEN 'active' THEN 'active' ELSE 'needs_reauth' END,
      last_error = CASE c.auth_status WHEN 'active' THEN c.last_error ELSE excluded.last_error END
    RETURNING id, workspace_id, account_email, xmax = 0 AS is_new
  ), ${remembered(
    'saved',
    `SELECT id, 'needs_reauth', $6::jsonb, NULL FROM saved LEFT JOIN before ON true
     WHERE is_new OR before.auth_status = 'disconnected'`,
  )}
  SELECT id FROM saved`;

export const DISCONNECT = `
  WITH ended AS (
    UPDATE connections SET auth_status = 'disconnected', last_error = NULL, access_token = NULL,
      refresh_token = NULL, token_expires_at = NULL, refresh_token_expires_at = NULL, token_version = token_version + 1, ${NO_LEASE}
    WHERE id = $1 AND auth_status <> 'disconnected' RETURNING id, workspace_id, account_email
  ), ${remembered('ended', `SELECT id, 'disconnected', NULL, NULL FROM ended`)}
  SELECT id FROM ended`;

export const SHARES_GRANT = `
  SELECT 1 FROM connections
  WHERE id <> $1 AND provider = 'google' AND auth_status <> 'disconnected'
    AND (account_email = $2 OR account_sub = $3) LIMIT 1`;

/** The database's clock decides when a lease is over, so instances with wrong clocks cannot both hold it. */
export const LEASE_REFRESH = `
  UPDATE connections SET refresh_lease_id = $3, refresh_lease_until = now() + $4 * interval '1 millisecond'
  WHERE id = $1 AND token_version = $2 AND auth_status = $5
    AND refresh_not_before IS NOT DISTINCT FROM to_timestamp($6::float8 / 1000)::timestamptz(3)
    AND (refresh_lease_until IS NULL OR refresh_lease_until < now())
  RETURNING id`;

export const STORE_REFRESHED = `
  WITH before AS MATERIALIZED (SELECT id, auth_status FROM connections WHERE id = $1 FOR UPDATE),
  stored AS (
    UPDATE connections c SET access_token = $3, refresh_token = coalesce($4, refresh_token),
      token_expires_at = to_timestamp($5::float8 / 1000), scopes = coalesce($6, scopes),
      refresh_token_expires_at = CASE WHEN $4 IS NULL AND $7::float8 IS NULL THEN refresh_token_expires_at
                                      ELSE to_timestamp($7::float8 / 1000) END,
      token_version = token_version + 1, last_refreshed_at = now(), ${HEALTHY}, ${NO_LEASE}
    FROM before WHERE c.id = before.id AND refresh_lease_id = $2
    RETURNING c.id, workspace_id, account_email, before.auth_status AS was
  ), ${remembered('stored', `SELECT id, 'recovered', NULL, NULL FROM stored WHERE was = 'needs_reauth'`)}
  SELECT id FROM stored`;

/** What stopped a connection is not forgotten over a refresh that failed for the moment: it says who can mend it. */
export const POSTPONE_REFRESH = `
  UPDATE connections SET refresh_failures = refresh_failures + 1,
    last_error = CASE auth_status WHEN 'active' THEN ${errorColumn('$3')} ELSE last_error END,
    refresh_not_before = now() + $4 * interval '1 millisecond', ${NO_LEASE}
  WHERE id = $1 AND refresh_lease_id = $2`;

/**
 * Gives the lease back also when the connection had stopped before, or the next forced refresh would wait for it. What was
 * the operator's to mend and is now a person's counts as a new stop: nobody has told that person yet.
 */
export const MARK_NEEDS_REAUTH = `
  WITH marked AS (
    UPDATE connections c SET auth_status = 'needs_reauth', last_error = ${errorColumn('$3')}, ${NO_LEASE}
    FROM (SELECT id, auth_status, last_error AS met FROM connections WHERE id = $1 FOR UPDATE) AS before
    WHERE c.id = before.id AND token_version = $2 AND before.auth_status <> 'disconnected'
      AND ($4::uuid IS NULL OR refresh_lease_id = $4)
    RETURNING c.id, c.workspace_id, c.account_email, c.consented_at, before.auth_status = 'active' OR (
      before.met->>'actor' = 'operator' AND $3::jsonb->>'actor' <> 'operator'
    ) AS stopped
  ), ${remembered('marked', `SELECT id, 'needs_reauth', $3::jsonb, consented_at FROM marked WHERE stopped`)}
  SELECT id FROM marked WHERE stopped`;

/** F20's quarter of an hour is the longest pause that is believed: a strange header must not end a calendar for days. */
const notedError = (parameter: string): string => `
  ${errorColumn(parameter)} || jsonb_build_object('notBefore',
    floor(extract(epoch FROM now()) * 1000)::bigint
      + CASE WHEN ${parameter}::jsonb->>'retryAfterMs' IS NOT NULL
             THEN least((${parameter}::jsonb->>'retryAfterMs')::float8, 900000)::bigint END)`;

export const NOTE_FAILURE = `
  UPDATE connections SET last_error = ${notedError('$2')} WHERE id = $1 AND auth_status = 'active'`;

/** Rows are locked in the order of their ids, so that two who note the same connections cannot deadlock. */
export const NOTE_OUTCOMES = `
  UPDATE connections SET last_error = CASE WHEN t.failure IS NOT NULL THEN ${notedError('t.failure')} END
  FROM (SELECT c.id, u.failure FROM unnest($1::uuid[], $2::jsonb[]) AS u (id, failure) JOIN connections c USING (id)
    WHERE auth_status = 'active' AND (u.failure IS NOT NULL
      OR last_error IS NOT NULL AND ${refusedByClient('$3')} IS NOT TRUE)
    ORDER BY c.id FOR UPDATE OF c) AS t
  WHERE connections.id = t.id`;

/** That a calendar can be read with the token at hand tells nothing of the client that has to renew it. */
export const CLEAR_FAILURE = `
  UPDATE connections SET last_error = NULL
  WHERE id = $1 AND auth_status = 'active' AND last_error IS NOT NULL AND ${refusedByClient('$2')} IS NOT TRUE`;

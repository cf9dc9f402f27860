import { enqueued } from '../../shared/queue-statements.js';

const ms = (parameter: string): string => `${parameter}::float8 * interval '1 millisecond'`;
const ASKING = `('stopped', 'reminder_3', 'reminder_7', 'reminder_14')`;
/** It went out, or may have. */
const TOLD = `('sending', 'sent', 'unknown')`;
const OF_KEY = `episode = $1 AND step = $2`;

const keyOf = (row: string): string => `'mail/' || ${row}.episode || '/' || ${row}.step`;

/** SQL of the job that sends the row `m`. There is one for each e-mail, so that it can be brought forward. */
const job = (runAt: string): string =>
  enqueued({
    task: `'send-mail'`,
    payload: `json_build_object('episode', m.episode, 'step', m.step)`,
    runAt,
    key: keyOf('m'),
  });

export const PLAN = `
  WITH planned AS (
    INSERT INTO mails (episode, step, connection_id, fault, episode_began_at, due_at)
    SELECT n.episode, n.step, n."connectionId", nullif(n.fault, 'null'),
      to_timestamp(n."episodeBeganAt" / 1000), to_timestamp(n."dueAt" / 1000)
    FROM jsonb_to_recordset($1::jsonb) AS n (
      episode uuid, step text, "connectionId" uuid, fault jsonb, "episodeBeganAt" float8, "dueAt" float8)
    WHERE n."connectionId" IS NULL OR EXISTS (SELECT FROM connections WHERE id = n."connectionId")
    ON CONFLICT ON CONSTRAINT pk_mails DO NOTHING RETURNING episode, step, due_at
  )
  SELECT ${job('m.due_at')} FROM planned m`;

export const LAST_FIRST = `
  SELECT (extract(epoch FROM max(claimed_at)) * 1000)::float8 AS at FROM mails
  WHERE connection_id = $1 AND step = 'stopped' AND status IN ${TOLD}`;

export const TOLD_EPISODE = `
  SELECT episode, (extract(epoch FROM episode_began_at) * 1000)::float8 AS "episodeBeganAt" FROM mails
  WHERE connection_id = $1 AND step IN ${ASKING} AND status IN ${TOLD} ORDER BY claimed_at DESC LIMIT 1`;

export const RECIPIENT = `
  SELECT recipient FROM mails WHERE episode = $1 AND status IN ${TOLD} ORDER BY claimed_at DESC LIMIT 1`;

/** The account of the row `m` stands still for a person, and that is the stop which the row is about. */
const STANDS = `EXISTS (
  SELECT FROM connections c WHERE c.id = m.connection_id AND c.auth_status = 'needs_reauth'
    AND c.last_error->>'actor' IS DISTINCT FROM 'operator'
    AND m.episode = (SELECT e.id FROM connection_events e WHERE e.connection_id = c.id AND e.kind = 'needs_reauth'
      ORDER BY e.at DESC LIMIT 1))`;

const IS_LATEST_DUE = `NOT EXISTS (
  SELECT FROM mails later WHERE later.episode = m.episode AND later.step IN ${ASKING}
    AND later.due_at > m.due_at AND later.due_at <= now())`;

const WORKS = `EXISTS (SELECT FROM connections c WHERE c.id = m.connection_id AND c.auth_status = 'active')`;

const isMet = (calm: string): string =>
  `EXISTS (SELECT FROM operator_alerts a WHERE a.episode = m.episode AND a.met_at >= now() - ${ms(calm)})`;

/** Nobody knows the operator's fault to be mended, and it has not begun anew since. */
const LASTS = `EXISTS (SELECT FROM operator_alerts a WHERE a.episode = m.episode)`;

const alertIs = (statuses: string): string => `EXISTS (
  SELECT FROM mails alert WHERE alert.episode = m.episode AND alert.step = 'alert' AND alert.status IN ${statuses})`;

/** The status that a planned row `m` has to take, by what is true now. */
const nextStatus = (calm: string): string => `
  CASE WHEN CASE m.step
      WHEN 'recovered' THEN ${WORKS}
      WHEN 'alert' THEN ${LASTS}
      WHEN 'mended' THEN ${alertIs(`('planned')`)} OR ${alertIs(TOLD)}
      ELSE ${STANDS} AND ${IS_LATEST_DUE} END
    THEN CASE WHEN m.step = 'mended' AND (${isMet(calm)} OR ${alertIs(`('planned')`)}) THEN 'planned' ELSE 'sending' END
    ELSE 'cancelled' END`;

/** The row is locked before it is judged, so that of any number of claims one succeeds. */
export const CLAIM = `
  WITH m AS MATERIALIZED (SELECT * FROM mails WHERE ${OF_KEY} AND status = 'planned' FOR UPDATE),
  judged AS (
    SELECT m.episode, m.step, ${nextStatus('$4')} AS status FROM m
  ), changed AS (
    UPDATE mails SET status = judged.status,
      recipient = CASE judged.status WHEN 'sending' THEN $3 END,
      claimed_at = CASE judged.status WHEN 'sending' THEN now() END,
      ended_at = CASE judged.status WHEN 'cancelled' THEN now() END
    FROM judged WHERE mails.episode = judged.episode AND mails.step = judged.step
    RETURNING mails.status
  )
  SELECT status FROM changed`;

export const SETTLE = `
  UPDATE mails SET status = $3, smtp_status = $4, ended_at = now()
  WHERE ${OF_KEY} AND status IN ('planned', 'sending', 'unknown')`;

export const POSTPONE = `
  WITH m AS (
    UPDATE mails SET status = 'planned', attempts = attempts + 1, claimed_at = NULL
    WHERE ${OF_KEY} AND status IN ('planned', 'sending') RETURNING episode, step
  )
  SELECT ${job(`now() + ${ms('$3')}`)} FROM m`;

export const RESCHEDULE = `
  WITH m AS (
    UPDATE mails SET due_at = now() + ${ms('$3')} WHERE ${OF_KEY} AND status = 'planned' RETURNING episode, step, due_at
  )
  SELECT ${job('m.due_at')} FROM m`;

export const CANCEL = `
  UPDATE mails SET status = 'cancelled', ended_at = now() WHERE ${OF_KEY} AND status = 'planned'`;

/** With the jobs that were to send them; what is about to be sent finds out by itself. */
export const CANCEL_STALE = `
  WITH cancelled AS (
    UPDATE mails m SET status = 'cancelled', ended_at = now()
    WHERE m.connection_id = $1 AND m.step IN ${ASKING} AND m.status = 'planned' AND NOT ${STANDS}
    RETURNING m.episode, m.step
  )
  SELECT (graphile_worker.remove_job(${keyOf('m')})).id FROM cancelled m`;

export const REFUSED = `
  SELECT c.workspace_id AS "workspaceId", c.id AS "connectionId", c.account_email AS "accountEmail",
    (extract(epoch FROM m.ended_at) * 1000)::float8 AS since, m.smtp_status AS "smtpStatus"
  FROM (SELECT DISTINCT ON (episode) * FROM mails
    WHERE step IN ${ASKING} AND status IN ('failed', 'sent') ORDER BY episode, ended_at DESC) AS m
  JOIN connections c ON c.id = m.connection_id
  WHERE m.status = 'failed' AND ($1::uuid IS NULL OR c.workspace_id = $1) AND ${STANDS}
  ORDER BY m.ended_at, c.id`;

export const RENEW_AUDIENCES = `
  INSERT INTO mail_audiences (audience) SELECT unnest($1::text[])
  ON CONFLICT ON CONSTRAINT pk_mail_audiences DO UPDATE SET seen_at = now()`;

/** Those of an episode go together: what is left of it must not look as if nobody had been told. */
export const FORGET = `
  DELETE FROM mails m WHERE due_at < now() - ${ms('$1')}
    AND NOT EXISTS (SELECT FROM mails o WHERE o.episode = m.episode AND o.due_at >= now() - ${ms('$1')})`;

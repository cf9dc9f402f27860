export const ADD = `
  INSERT INTO webhooks (id, workspace_id, url, events, description, active, secret)
  SELECT $1::uuid, $2::uuid, $3, $4::text[], $5, $6::boolean, $7
  WHERE (SELECT count(*) FROM webhooks WHERE workspace_id = $2) < $8
  RETURNING id`;

export const ROTATE = `
  UPDATE webhooks SET secret = $2, previous_secret = $3,
    previous_secret_until = now() + $4::float8 * interval '1 millisecond' WHERE id = $1`;

export const SECRETS = `
  SELECT secret, CASE WHEN previous_secret_until > now() THEN previous_secret END AS previous_secret
  FROM webhooks WHERE id = $1`;

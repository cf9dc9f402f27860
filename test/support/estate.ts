import type { Client } from 'pg';

const DAYS = 40;

/**
 * Many workspaces with accounts of five calendars each, as if they had been checked for weeks: one calendar in 250
 * fails, one in 300 was never checked, and some had outages before.
 */
export async function fillEstate(
  db: Pick<Client, 'query'>,
  { workspaces, calendars }: { readonly workspaces: number; readonly calendars: number },
): Promise<void> {
  const accounts = calendars / 5;
  const statements = [
    `INSERT INTO workspaces (id, name, timezone)
       SELECT gen_random_uuid(), 'Practice ' || n, 'Europe/Berlin' FROM generate_series(1, ${workspaces}) AS n`,
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
       SELECT gen_random_uuid(), w.id, 'google', 'doctor' || n || '@practice.example', 'active'
       FROM generate_series(1, ${accounts}) AS n
       JOIN (SELECT id, row_number() OVER (ORDER BY name) - 1 AS place FROM workspaces WHERE name LIKE 'Practice %') w
         ON w.place = n % ${workspaces}`,
    `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role,
         health_status, health_checked_at, health_category, health_message, unhealthy_since)
       SELECT gen_random_uuid(), workspace_id, id, account_email || '/' || room, 'Room ' || room || ' of ' ||
           split_part(account_email, '@', 1), 'UTC', 'owner', status,
         CASE WHEN status <> 'unknown' THEN now() - random() * interval '6 hours' END,
         CASE WHEN status = 'unhealthy' THEN 'permission_error' END,
         CASE WHEN status = 'unhealthy' THEN 'The account may not read the calendar any more.' END,
         CASE WHEN status = 'unhealthy' THEN now() - random() * interval '30 hours' END
       FROM (
         SELECT c.*, room, CASE WHEN place % 250 = 7 THEN 'unhealthy' WHEN place % 300 = 9 THEN 'unknown' ELSE 'healthy' END AS status
         FROM (SELECT *, row_number() OVER (ORDER BY account_email) AS account FROM connections
           WHERE account_email LIKE '%@practice.example') c
         CROSS JOIN generate_series(1, 5) AS room, LATERAL (SELECT account * 5 + room AS place) AS places
       ) AS rooms`,
    `INSERT INTO calendar_observations (calendar_id, started_at)
       SELECT id, now() - ${DAYS} * interval '1 day' FROM calendars WHERE health_status <> 'unknown'
       ON CONFLICT DO NOTHING`,
    `INSERT INTO calendar_outages (calendar_id, started_at, ended_at, category)
       SELECT id, began, began + (0.2 + random() * 5) * interval '1 hour', 'connection_error'
       FROM (SELECT id, now() - (2 + random() * 27) * interval '1 day' AS began FROM calendars
         WHERE health_status = 'healthy' AND hashtext(id::text) % 40 = 0) AS old
       ON CONFLICT DO NOTHING`,
    `INSERT INTO calendar_outages (calendar_id, started_at, category)
       SELECT id, unhealthy_since, health_category FROM calendars WHERE health_status = 'unhealthy'
       ON CONFLICT DO NOTHING`,
    'ANALYZE',
  ];
  for (const statement of statements) await db.query(statement);
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresStoredState } from '../../src/health/persistence/postgres-stored-state.js';
import { connectedSchema, type Schema } from '../support/schema.js';

let schema: Schema;
let state: PostgresStoredState;

beforeAll(async () => {
  schema = await connectedSchema();
  state = new PostgresStoredState(schema.source);
});

afterAll(() => schema.drop());

async function counts(): Promise<Record<string, number>> {
  const rows = await state.count();
  return Object.fromEntries(rows.map(({ gauge, labels, value }) => [[gauge, ...labels].join(' '), value]));
}

describe('what the database counts', () => {
  it('is nothing while there is nothing', async () => {
    expect(await counts()).toEqual({
      reauthorization_oldest_seconds: 0,
      booking_conflicts: 0,
      bookings_due: 0,
      bookings_due_oldest_seconds: 0,
      queue_due_oldest_seconds: 0,
    });
  });

  it('is told by status and by what is wrong, over all workspaces', async () => {
    const [one, other] = [await schema.addWorkspace(), await schema.addWorkspace()];
    const fine = await schema.addConnection(one);
    const dead = await schema.addConnection(other);
    const gone = await schema.addConnection(other);
    const [calendar] = [await schema.addCalendar(one, fine), await schema.addCalendar(one, fine)];
    for (const connection of [dead, gone]) await schema.addCalendar(other, connection);
    const { source } = schema;
    await source.query(`UPDATE calendars SET health_status = 'healthy'`);
    await source.query(
      `UPDATE calendars SET health_status = 'unhealthy', health_category = 'permission_error' WHERE id = $1`,
      [calendar],
    );
    await source.query(
      `UPDATE connections SET auth_status = 'needs_reauth', last_error = jsonb_build_object('category', 'expired_tokens',
         'actor', 'user', 'at', (extract(epoch FROM now() - interval '1 hour') * 1000)::bigint) WHERE id = $1`,
      [dead],
    );
    await source.query(`UPDATE connections SET auth_status = 'disconnected' WHERE id = $1`, [gone]);
    const booking = `INSERT INTO bookings (id, workspace_id, calendar_id, config_name, status, start_at, end_at, timezone,
        title, attendee_email, meeting_type, create_meet_link, event_id, next_attempt_at)
      SELECT gen_random_uuid(), $1, $2, 'C', status, now() + days * interval '1 day', now() + (days + 1) * interval '1 day',
        'UTC', 'T', 'pat@example.com', 'online', false, gen_random_uuid()::text, now() + due * interval '1 minute'
      FROM (VALUES ('confirmed', 1, NULL), ('confirmed', -9, NULL), ('pending', 1, -2), ('cancelling', 1, 5)) AS b (status, days, due)`;
    await source.query(booking, [one, calendar]);
    await source.query(`UPDATE bookings SET external_conflict_since = now() WHERE status = 'confirmed'`);
    await source.query(
      `INSERT INTO job_runs (job, tick, instance, session, started_at, result)
       VALUES ('sweep', to_timestamp(1000), 'i', 1, to_timestamp(1001), 'ok'),
         ('sweep', to_timestamp(2000), 'i', 1, to_timestamp(2001), 'failed'),
         ('sweep', to_timestamp(3000), 'i', 1, to_timestamp(3001), NULL)`,
    );
    await source.query(
      `INSERT INTO webhooks (id, workspace_id, url, events, active, failing_since, disabled_at, disabled_reason)
       SELECT gen_random_uuid(), $1, 'https://hooks.example.com', '{}', active, failing, disabled,
         CASE WHEN disabled IS NOT NULL THEN 'failing' END
       FROM (VALUES (true, NULL, NULL), (true, now(), NULL), (false, now(), now()), (false, NULL, NULL))
         AS w (active, failing, disabled)`,
      [one],
    );
    for (const minutes of [-3, -1, 9])
      await source.query(
        `SELECT graphile_worker.add_job('deliver-webhook', '{}', run_at => now() + $1 * interval '1 minute')`,
        [minutes],
      );
    const {
      queue_due_oldest_seconds: queued,
      reauthorization_oldest_seconds: waiting,
      bookings_due_oldest_seconds: due,
      ...exact
    } = await counts();
    expect(exact).toEqual({
      'calendars healthy none': 1,
      'calendars unhealthy permission_error': 1,
      'calendars unhealthy expired_tokens': 1,
      'connections active none': 1,
      'connections needs_reauth expired_tokens': 1,
      'connections disconnected none': 1,
      'bookings confirmed': 1,
      'bookings pending': 1,
      'bookings cancelling': 1,
      booking_conflicts: 1,
      bookings_due: 1,
      'queue_jobs deliver-webhook due': 2,
      'queue_jobs deliver-webhook waiting': 1,
      'webhooks working': 1,
      'webhooks failing': 1,
      'webhooks disabled': 1,
      'webhooks inactive': 1,
      'job_last_run_timestamp_seconds sweep ok': 1001,
      'job_last_run_timestamp_seconds sweep failed': 2001,
      'job_last_tick_timestamp_seconds sweep': 3000,
    });
    expect(Math.abs((waiting ?? 0) - 3600)).toBeLessThan(60);
    expect(Math.abs((queued ?? 0) - 180)).toBeLessThan(60);
    expect(Math.abs((due ?? 0) - 120)).toBeLessThan(60);
  });
});

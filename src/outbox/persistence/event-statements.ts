import { enqueued } from '../../shared/queue-statements.js';

const LISTENING = `l.workspace_id = n.workspace_id AND n.type = ANY (l.types)`;

const JOB = enqueued({
  task: 'l.task',
  payload: `json_build_object('event_id', n.id, 'listener_id', l.listener_id)`,
  priority: 'l.priority',
});

/**
 * SQL for the WITH list of a statement that changes states, named `told`: writes down an event and a job for each of
 * its listeners, for every row of the query `news` (id, workspace_id, type, object_id, data) that has any. `news` must
 * read rows that a change in the same statement returned: then it lists each transition once, however many tried to
 * make it (R7), and the row is locked, so that the sequence follows the order of the changes.
 */
export function telling(news: string): string {
  return `told AS (
    INSERT INTO outbox_events (id, workspace_id, type, object_id, data, jobs)
    SELECT n.id, n.workspace_id, n.type, n.object_id, n.data,
      ARRAY(SELECT ${JOB} FROM outbox_listeners l WHERE ${LISTENING})
    FROM (${news}) AS n (id, workspace_id, type, object_id, data)
    WHERE EXISTS (SELECT FROM outbox_listeners l WHERE ${LISTENING})
  )`;
}

/** SQL of an instant as events tell it: RFC 3339, UTC. */
export function utcText(instant: string): string {
  return `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/**
 * The news of bookings, for {@link telling}: every row of `rows`, which has the columns of a booking as they are after the
 * change, under the event type that the SQL expression `type` is.
 */
export function bookingNews(type: string, rows: string): string {
  return `
    SELECT gen_random_uuid(), workspace_id, ${type}, id, jsonb_build_object(
      'booking_id', id, 'status', status, 'configuration_id', configuration_id, 'config_name', config_name,
      'calendar_id', calendar_id, 'event_id', event_id,
      'start_time', ${utcText('start_at')}, 'end_time', ${utcText('end_at')})
    FROM ${rows}`;
}

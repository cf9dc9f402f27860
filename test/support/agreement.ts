import type { EventResource } from '../../src/sandbox/state/events.js';
import { liveEvents, type Scene } from './booking-scene.js';
import type { World } from './world.js';

interface Row {
  readonly id: string;
  readonly workspace: string;
  readonly status: string;
  readonly event: string;
  readonly start: number;
  readonly end: number;
  readonly claims: number;
  readonly covering: number;
  readonly incoming: number;
}

const BOOKINGS = `
  SELECT b.id, b.workspace_id AS workspace, b.status, b.event_id AS event,
    (extract(epoch FROM b.start_at) * 1000)::float8 AS start, (extract(epoch FROM b.end_at) * 1000)::float8 AS end,
    count(c.id)::int AS claims, count(*) FILTER (WHERE c.incoming)::int AS incoming,
    count(*) FILTER (WHERE c.during @> tstzrange(b.start_at, b.end_at))::int AS covering
  FROM bookings b LEFT JOIN slot_claims c ON c.booking_id = b.id WHERE b.workspace_id = ANY ($1) GROUP BY b.id`;

/**
 * Where our tables and the calendars disagree: empty once everything has settled. A booking is confirmed if and only if
 * it has its time, and one event, at its time, stands for it in the booking calendar.
 */
export async function disagreements(
  { query, google }: Pick<Scene, 'query' | 'google'>,
  worlds: readonly World[],
): Promise<string[]> {
  const rows = (await query(BOOKINGS, [worlds.map(({ workspaceId }) => workspaceId)])) as unknown as Row[];
  return [
    ...rows.flatMap(wrongInTables),
    ...worlds.flatMap((world) =>
      wrongInCalendar(
        rows.filter(({ workspace, status }) => workspace === world.workspaceId && status === 'confirmed'),
        liveEvents(google, world).filter((event) => bookingOf(event) !== undefined),
      ),
    ),
  ];
}

function wrongInTables({ id, status, claims, covering, incoming }: Row): string[] {
  if (['pending', 'cancelling'].includes(status)) return [`booking ${id} is ${status}`];
  const wanted = status === 'confirmed' ? 1 : 0;
  return [claims, covering, incoming].join() === [wanted, wanted, 0].join()
    ? []
    : [`booking ${id} is ${status} with ${claims} claims, ${covering} at its time, ${incoming} incoming`];
}

function wrongInCalendar(confirmed: readonly Row[], events: readonly EventResource[]): string[] {
  const said = confirmed.map(({ id, event, start, end }) => `${event} of ${id}, ${start} to ${end}`);
  const seen = events.map((event) => {
    const [start, end] = [event.start, event.end].map(({ dateTime }) => Date.parse(dateTime ?? ''));
    return `${event.id} of ${bookingOf(event)}, ${start} to ${end}`;
  });
  return [
    ...said.filter((one) => !seen.includes(one)).map((one) => `no event ${one}`),
    ...seen.filter((one) => !said.includes(one)).map((one) => `no booking for event ${one}`),
  ];
}

const bookingOf = (event: EventResource): string | undefined =>
  event.extendedProperties?.private?.['slotkeeper_booking_id'];

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import * as sql from '../../src/booking/persistence/booking-statements.js';
import { RandomIds } from '../../src/shared/ids.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const START = Date.UTC(2027, 2, 10, 15);
const END = START + 1_800_000;
const HOUR = 3_600_000;
const SEEN = [START, END, 'the-event'];
const SIMULTANEOUS = Array.from({ length: 20 }, (_, n) => n);

let schema: Schema;
let workspaceId: string;
let calendarId: string;

beforeAll(async () => {
  schema = await connectedSchema();
});

beforeEach(async () => {
  workspaceId = await schema.addWorkspace();
  calendarId = await schema.addCalendar(workspaceId, await schema.addConnection(workspaceId));
  await schema.addWebhook(workspaceId);
});

afterAll(() => schema.drop());

/** A booking with its claim, and one on the time that it moves to when it is moving. */
async function booking(status: string, isMoving = false): Promise<string> {
  const id = new RandomIds().next();
  await schema.source.query(
    `INSERT INTO bookings (id, workspace_id, calendar_id, config_name, status, start_at, end_at, timezone, title,
       attendee_email, meeting_type, create_meet_link, event_id)
     VALUES ($1, $2, $3, 'Visit', $4, to_timestamp($5::float8 / 1000), to_timestamp($6::float8 / 1000), 'UTC',
       'A title', 'pat@example.com', 'online', false, 'the-event')`,
    [id, workspaceId, calendarId, status, START, END],
  );
  for (const incoming of isMoving ? [false, true] : [false])
    await schema.source.query(
      `INSERT INTO slot_claims (id, calendar_id, remote_calendar, booking_id, during, incoming)
       VALUES (gen_random_uuid(), $1, gen_random_uuid()::text, $2, tstzrange('2027-03-10T15:00Z', '2027-03-10T15:30Z'), $3)`,
      [calendarId, id, incoming],
    );
  return id;
}

async function toldOf(id: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
  return schema.source.query('SELECT type, data FROM outbox_events WHERE object_id = $1 ORDER BY sequence', [
    id,
  ]);
}

describe('a booking', () => {
  it.each<[string, string, string, boolean, unknown[]]>([
    ['booking.confirmed', 'CONFIRM', 'pending', false, [...SEEN, null]],
    ['booking.rescheduled', 'CONFIRM', 'pending', true, [...SEEN, null]],
    ['booking.failed', 'FAIL', 'pending', false, [...SEEN, '{}']],
    ['booking.cancelled', 'FINISH_CANCELLING', 'cancelling', false, []],
    ['booking.cancelled', 'FOLLOW_DELETION', 'confirmed', false, [...SEEN, 'deleted there']],
    [
      'booking.rescheduled',
      'FOLLOW_MOVE',
      'confirmed',
      false,
      [...SEEN, START + HOUR, END + HOUR, new RandomIds().next()],
    ],
  ])('is told as %s by %s, once, however many do it', async (type, name, status, isMoving, values) => {
    const id = await booking(status, isMoving);
    const statement = (sql as Readonly<Record<string, string>>)[name] ?? '';
    await Promise.all(SIMULTANEOUS.map(() => schema.source.query(statement, [id, ...values])));
    const told = await toldOf(id);
    expect(told.map((one) => one.type)).toEqual([type]);
    expect(told[0]?.data).toMatchObject({ booking_id: id, config_name: 'Visit', event_id: 'the-event' });
    expect(JSON.stringify(told)).not.toMatch(/A title|pat@example/);
  });

  it('is told of with the time that it has then', async () => {
    const id = await booking('confirmed');
    const to = [START + HOUR, END + HOUR, new RandomIds().next()];
    await schema.source.query(sql.FOLLOW_MOVE, [id, ...SEEN, ...to]);
    expect((await toldOf(id))[0]?.data).toMatchObject({
      status: 'confirmed',
      start_time: '2027-03-10T16:00:00.000Z',
      end_time: '2027-03-10T16:30:00.000Z',
    });
  });

  it('that stays where it was after a move that failed is no news', async () => {
    const id = await booking('pending', true);
    await schema.source.query(
      `UPDATE bookings SET moved_from_start_at = start_at, moved_from_end_at = end_at WHERE id = $1`,
      [id],
    );
    await schema.source.query(sql.UNDO_MOVE, [id, ...SEEN, '{}']);
    expect(await toldOf(id)).toEqual([]);
  });
});

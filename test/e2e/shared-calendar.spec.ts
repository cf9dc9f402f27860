import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type Answer, type Service } from '../support/service.js';
import { connectAccount, dayFromNow } from '../support/world.js';

const TEAM = 'team@example.com';
const OWNERS = ['one@example.com', 'two@example.com'] as const;

describe('one Google calendar that two accounts of a workspace list', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let service: Service;
  let key: string;
  let configurations: string[];

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    service = await startService({ databaseUrl: database.url, google });
    key = (await service.call('POST', '/api/admin/workspaces', { body: { name: 'Team' } })).body.api_key;
    configurations = [await configurationOf(OWNERS[0]), await configurationOf(OWNERS[1])];
  });

  afterAll(async () => {
    await service?.stop();
    await google?.close();
    await database?.drop();
  });

  async function configurationOf(email: string): Promise<string> {
    const { calendars } = await connectAccount(service, google, key, {
      email,
      calendars: [
        { id: email, name: 'Own' },
        { id: TEAM, name: 'Team', accessRole: 'writer' },
      ],
    });
    const configuration = await service.call('POST', '/api/calendars/configurations', {
      key,
      body: {
        name: 'Visit',
        calendar_id: calendars.find(({ externalId }) => externalId === TEAM)?.id,
        timezone: 'America/New_York',
        duration_minutes: 30,
        from_time: '00:00',
        to_time: '24:00',
        workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
      },
    });
    expect(configuration.status).toBe(201);
    return configuration.body.id;
  }

  const at = (time: string): string => `${dayFromNow(3)}T${time}Z`;

  const book = (configurationId: string, time: string): Promise<Answer> =>
    service.call('POST', `/api/calendars/configurations/${configurationId}/book-appointment`, {
      key,
      body: { start_time: at(time), title: 'Visit', attendee_email: 'pat@example.com' },
    });

  it('is booked once, however close the race', async () => {
    for (const time of ['15:00:00', '16:00:00', '17:00:00', '18:00:00', '19:00:00']) {
      const answers = await Promise.all(configurations.map((one) => book(one, time)));
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    }
  });

  it("is held for both while one holds it, and its own hold is in nobody else's way", async () => {
    const [first = '', second = ''] = configurations;
    const holds = `/api/calendars/configurations/${first}/holds`;
    const hold = await service.call('POST', holds, { key, body: { start_time: at('20:00:00') } });
    expect(hold.status).toBe(201);
    expect(await book(second, '20:00:00')).toMatchObject({ status: 409, body: { code: 'slot_unavailable' } });
    const kept = await service.call('POST', `/api/calendars/configurations/${first}/book-appointment`, {
      key,
      body: {
        start_time: at('20:00:00'),
        title: 'Visit',
        attendee_email: 'kim@example.com',
        hold_id: hold.body.id,
      },
    });
    expect(kept.status).toBe(201);
  });
});

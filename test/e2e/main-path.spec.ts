import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type Service } from '../support/service.js';
import { aWorld, control, dayFromNow } from '../support/world.js';

describe('the main path', () => {
  let database: TestDatabase;
  let google: GoogleServer;
  let service: Service;

  beforeAll(async () => {
    [database, google] = await Promise.all([createTestDatabase(), startGoogleServer()]);
    service = await startService({ databaseUrl: database.url, google });
  });

  afterAll(async () => {
    await service?.stop();
    await google?.close();
    await database?.drop();
  });

  it('connects, finds free time, books it once, and cancels', async () => {
    const world = await aWorld(service, google);
    const path = `/api/calendars/configurations/${world.configurationId}`;
    const day = dayFromNow(3);

    const free = await service.call('POST', `${path}/check-availability`, {
      key: world.key,
      body: { date: day },
    });
    expect(free).toMatchObject({
      status: 200,
      body: { total_slots_found: 16, bookable: true, no_slots_reason: null },
    });
    expect(free.body.calendar_health.message).toBe('All 5 calendars checked successfully');

    const wish = {
      start_time: free.body.available_slots[4].start_time,
      title: 'Visit',
      attendee_email: 'pat@example.com',
    };
    const booked = await service.call('POST', `${path}/book-appointment`, { key: world.key, body: wish });
    expect(booked).toMatchObject({ status: 201, body: { status: 'confirmed', warnings: [] } });
    const events = await control(
      google,
      'GET',
      `/sandbox/calendars/${world.calendars[0]?.externalId}/events`,
    );
    expect(JSON.stringify(events)).toContain(booked.body.event_id);

    const again = await service.call('POST', `${path}/book-appointment`, {
      key: world.key,
      body: { ...wish, attendee_email: 'kim@example.com' },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'slot_unavailable' } });
    expect(again.body.alternatives).toHaveLength(5);

    const cancelled = await service.call('POST', `/api/bookings/${booked.body.booking_id}/cancel`, {
      key: world.key,
    });
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    const freeAgain = await service.call('POST', `${path}/check-availability`, {
      key: world.key,
      body: { date: day },
    });
    expect(freeAgain.body.total_slots_found).toBe(16);
  });

  it('refuses in order: a bad body, then the rules, then a dead connection', async () => {
    const world = await aWorld(service, google, { accounts: 1 });
    const path = `/api/calendars/configurations/${world.configurationId}/book-appointment`;
    const account = world.connections[0]?.account;
    await control(google, 'POST', '/sandbox/tokens/revoke', { account });
    const wish = {
      start_time: `${dayFromNow(3)}T15:00:00Z`,
      title: 'Visit',
      attendee_email: 'pat@example.com',
    };
    const book = (body: object) => service.call('POST', path, { key: world.key, body });

    const needsOwner = { status: 401, body: { code: 'calendar_reauth_required', requires_reauth: true } };
    expect(await book(wish)).toMatchObject(needsOwner);
    const known = await book(wish);
    expect(known).toMatchObject(needsOwner);
    expect(known.body.calendar_health).toMatchObject({ status: 'critical', token_issues: [account] });
    expect(await book({ ...wish, start_time: `${dayFromNow(3)}T03:00:00Z` })).toMatchObject({ status: 422 });
    const untitled = await book({ ...wish, start_time: `${dayFromNow(3)}T03:00:00Z`, title: undefined });
    expect(untitled).toMatchObject({ status: 400, body: { errors: [{ field: 'title' }] } });
  });
});

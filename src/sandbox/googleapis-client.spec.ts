import { OAuth2Client } from 'google-auth-library';
import { calendar, type calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  SANDBOX_CLIENT_ID,
  SANDBOX_CLIENT_SECRET,
  startGoogleServer,
  type GoogleServer,
} from './google-server.js';
import { consent, EVENT, REDIRECT_URI, VERIFIER } from './spec-support.js';

let server: GoogleServer;
let google: calendar_v3.Calendar;
let auth: OAuth2Client;

beforeAll(async () => {
  server = await startGoogleServer({ seed: 'demo' });
  auth = new OAuth2Client({
    clientId: SANDBOX_CLIENT_ID,
    clientSecret: SANDBOX_CLIENT_SECRET,
    redirectUri: REDIRECT_URI,
    endpoints: { oauth2TokenUrl: `${server.url}/token`, oauth2RevokeUrl: `${server.url}/revoke` },
  });
  google = calendar({ version: 'v3', auth, rootUrl: `${server.url}/`, retry: false });
});

afterAll(() => server.close());

describe("Google's own client", () => {
  it('connects, lists, asks, books, reads, moves and deletes', async () => {
    const code = (await consent(server, 'ada@example.com')).get('code') ?? '';
    const { tokens } = await auth.getToken({ code, codeVerifier: VERIFIER });
    auth.setCredentials(tokens);

    const { data: list } = await google.calendarList.list();
    expect(list.items?.map(({ summary }) => summary)).toEqual([
      'Ada Lovelace',
      'Ada - Projects',
      'Company holidays',
    ]);

    const inserted = await google.events.insert({
      calendarId: 'primary',
      sendUpdates: 'all',
      conferenceDataVersion: 1,
      requestBody: { ...EVENT, conferenceData: { createRequest: { requestId: 'one' } } },
    });
    expect(inserted.data.hangoutLink).toMatch(/^https:\/\/meet/);

    const moved = { start: { dateTime: '2027-03-10T17:00:00Z' }, end: { dateTime: '2027-03-10T18:00:00Z' } };
    await google.events.patch({ calendarId: 'primary', eventId: EVENT.id, requestBody: moved });
    const { data } = await google.freebusy.query({
      requestBody: {
        timeMin: '2027-03-10T00:00:00Z',
        timeMax: '2027-03-11T00:00:00Z',
        items: [{ id: 'primary' }],
      },
    });
    expect(data.calendars?.['primary']?.busy).toContainEqual({
      start: '2027-03-10T17:00:00Z',
      end: '2027-03-10T18:00:00Z',
    });

    await google.events.delete({ calendarId: 'primary', eventId: EVENT.id });
    const { data: gone } = await google.events.get({ calendarId: 'primary', eventId: EVENT.id });
    expect(gone.status).toBe('cancelled');
    await expect(google.events.delete({ calendarId: 'primary', eventId: EVENT.id })).rejects.toMatchObject({
      status: 410,
    });
  });

  it('refreshes and revokes', async () => {
    const before = auth.credentials.access_token;
    const { credentials } = await auth.refreshAccessToken();
    expect(credentials.access_token).not.toBe(before);
    await auth.revokeToken(credentials.refresh_token ?? '');
    await expect(auth.refreshAccessToken()).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('invalid_grant'),
    });
  });
});

import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../shared/clock.js';
import { startGoogleServer, type GoogleServer } from './google-server.js';
import { calendarApi, call, connect, control, EVENT, refresh } from './spec-support.js';

const ADA = 'ada@example.com';
const DAY_MS = 86_400_000;
let folder: string;
let statePath: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  statePath = join(folder, 'not-there-yet', 'google.json');
});

afterEach(() => rm(folder, { recursive: true }));

async function during<T>(
  use: (server: GoogleServer) => Promise<T>,
  clock = new FixedClock(Date.UTC(2027, 0, 4)),
) {
  const server = await startGoogleServer({ statePath, seed: 'demo', clock });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

describe('the state of the stand-in', () => {
  it('survives a restart: tokens, events, settings and the signing key', async () => {
    const before = await during(async (server) => {
      const connected = await connect(server, ADA);
      await calendarApi(server, connected.accessToken)('POST', '/calendars/primary/events', EVENT);
      await control(server, 'POST', '/settings', { access_token_lifetime_seconds: 90 });
      return { ...connected, keys: (await call(`${server.url}/oauth2/v3/certs`)).text };
    });
    await during(async (server) => {
      const api = calendarApi(server, before.accessToken);
      expect((await api('GET', `/calendars/primary/events/${EVENT.id}`)).json.summary).toBe('Talk');
      expect((await refresh(server, before.refreshToken)).json.expires_in).toBe(90);
      expect((await call(`${server.url}/oauth2/v3/certs`)).text).toBe(before.keys);
    });
  });

  it('does not bring back what was deleted, and seeds the days that have come near', async () => {
    const path = `/calendars/${ADA}/events`;
    const [first] = await during(async (server) => {
      const { events } = (await control(server, 'GET', path)).json;
      await control(server, 'DELETE', `${path}/${events[0].id}`);
      return events;
    });
    const later = new FixedClock(Date.UTC(2027, 0, 4) + 7 * DAY_MS);
    await during(async (server) => {
      const { events } = (await control(server, 'GET', path)).json;
      expect(events.find(({ id }: { id: string }) => id === first.id).status).toBe('cancelled');
      expect(events.some(({ start }: { start: { dateTime: string } }) => start.dateTime > '2027-01-20')).toBe(
        true,
      );
    }, later);
  });

  it('is written soon after a change, not only at the end, for its owner alone', async () => {
    await during(async (server) => {
      const { refreshToken } = await connect(server, ADA);
      const saved = async () => (await readFile(statePath, 'utf8').catch(() => '')).includes(refreshToken);
      while (!(await saved())) await new Promise((resolve) => setImmediate(resolve));
      expect((await stat(statePath)).mode & 0o777).toBe(0o600);
    });
  });

  it('is not thrown away when it cannot be read', async () => {
    await mkdir(dirname(statePath));
    await writeFile(statePath, '{"version":1');
    await expect(startGoogleServer({ statePath })).rejects.toThrow(/remove it to start afresh/);
    await writeFile(statePath, '{"version":2}');
    await expect(startGoogleServer({ statePath })).rejects.toThrow(/another version/);
    expect(await readFile(statePath, 'utf8')).toBe('{"version":2}');
  });
});

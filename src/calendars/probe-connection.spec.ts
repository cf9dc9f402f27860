import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, missingCalendar, revokedGrant, timeOut } from '../../test/support/a-failure.js';
import { calendarBench, type CalendarBench } from '../../test/support/calendar-bench.js';
import type { Connection } from '../oauth/connection.js';
import { QUOTA_PACED } from './call-quota.js';
import { CIRCUIT_OPEN } from './circuits.js';
import { isJudged, type ConnectionProbe } from './probe-connection.js';

let bench: CalendarBench;
let connection: Connection;

beforeEach(async () => {
  bench = calendarBench();
  connection = await bench.connect('ada@example.com');
});

async function probe(): Promise<ConnectionProbe> {
  const calendars = await bench.calendars.ofConnections([connection.id]);
  return bench.probe.execute({ connection, calendars }, 'sweep');
}

const known = async (): Promise<string[]> =>
  (await bench.calendars.ofConnections([connection.id])).map(({ externalId }) => externalId);
const asked = (): string[] => bench.provider.calls.map(({ method }) => method);

describe('a probe of a connection', () => {
  it('asks once for all calendars and once for their list', async () => {
    const ids = ['a', 'b', 'c'].map((name) => bench.calendarOf(connection, name).id);
    expect(await probe()).toMatchObject({
      at: bench.clock.now(),
      failure: null,
      reads: ids.map((calendarId) => ({ calendarId, failure: null })),
    });
    expect(bench.provider.calls).toMatchObject([
      { method: 'busy', calendars: ['a', 'b', 'c'] },
      { method: 'calendars' },
    ]);
    expect(bench.calendars.checks).toEqual([]);
  });

  it('tells which calendar cannot be read', async () => {
    const [good, gone] = [bench.calendarOf(connection, 'good'), bench.calendarOf(connection, 'gone')];
    bench.provider.stumble('gone', missingCalendar());
    const { reads, failure } = await probe();
    expect(failure).toBeNull();
    expect(reads).toMatchObject([
      { calendarId: good.id, failure: null },
      { calendarId: gone.id, failure: { category: 'calendar_not_found' } },
    ]);
  });

  it('tells that the list cannot be read, of calendars that can', async () => {
    bench.calendarOf(connection, 'a');
    bench.provider.fail({ method: 'calendars', failure: aFailure({ retryable: false }) });
    expect(await probe()).toMatchObject({ failure: { code: 'http_503' }, reads: [{ failure: null }] });
  });

  it('asks an account that does not answer nothing more', async () => {
    bench.calendarOf(connection, 'a');
    bench.provider.fail({ failure: timeOut() });
    expect(await probe()).toMatchObject({ failure: { timedOut: true }, reads: [{ failure: {} }] });
    expect(asked()).toEqual(['busy']);
  });

  it('asks nobody for an account that waits for its owner', async () => {
    bench.calendarOf(connection, 'a');
    await bench.connections.markNeedsReauth(connection.id, 1, revokedGrant());
    expect(await probe()).toMatchObject({
      failure: { code: 'invalid_grant', attempts: 0 },
      reads: [{ failure: { category: 'expired_tokens' } }],
    });
    expect(asked()).toEqual([]);
  });

  it('takes tokens from where they were read already', async () => {
    const calendars = [bench.calendarOf(connection, 'a')];
    const state = await bench.store.read(connection.id);
    let reads = 0;
    const readTokens = async () => ((reads += 1), state);
    bench.connections.tokens = () => Promise.reject(new Error('read once more'));
    bench.provider.isListed = async () => true;
    const probed = await bench.probe.execute({ connection, calendars, readTokens }, 'sweep');
    expect(probed.failure).toBeNull();
    expect(reads).toBe(2);
  });
});

describe('the list of an account', () => {
  it('is taken over where it changed', async () => {
    bench.calendarOf(connection, 'stays');
    bench.calendarOf(connection, 'leaves');
    bench.provider.given({ externalId: 'comes' });
    bench.owners.set('comes', connection.id);
    bench.owners.delete('leaves');
    await probe();
    expect(await known()).toEqual(['stays', 'comes']);
  });

  it.each(['name', 'timezone', 'accessRole'])(
    'is taken over where the %s of a calendar changed',
    async (of) => {
      const { id } = bench.calendarOf(connection, 'a');
      const changed = { name: 'New', timezone: 'Europe/Berlin', accessRole: 'reader' }[of];
      bench.provider.given({ externalId: 'a', name: 'a', primary: true, [of]: changed });
      await probe();
      expect(await bench.calendars.find(id, 'all')).toMatchObject({ [of]: changed });
    },
  );

  it('is written down only where it changed', async () => {
    bench.calendarOf(connection, 'a');
    bench.calendars.sync = () => Promise.reject(new Error('nothing changed'));
    expect((await probe()).failure).toBeNull();
  });

  it('is not believed when it is empty: every account has a calendar', async () => {
    bench.calendarOf(connection, 'a');
    bench.owners.clear();
    await probe();
    expect(await known()).toEqual(['a']);
  });
});

describe('isJudged', () => {
  it('is true of what the provider did, and of what an account has come to', () => {
    for (const failure of [null, aFailure(), timeOut(), revokedGrant()])
      expect(isJudged({ failure })).toBe(true);
  });

  it('is false where we did not ask, for its sake or for ours', () => {
    for (const failure of [CIRCUIT_OPEN, QUOTA_PACED]) expect(isJudged({ failure })).toBe(false);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, revokedGrant } from '../../test/support/a-failure.js';
import { calendarBench, type CalendarBench } from '../../test/support/calendar-bench.js';
import type { Connection, LastError } from '../oauth/connection.js';
import { QUOTA_PACED } from './call-quota.js';
import type { ConnectionProbe } from './probe-connection.js';

let bench: CalendarBench;
let connection: Connection;
let calendarId: string;

beforeEach(async () => {
  bench = calendarBench();
  connection = await bench.connect('ada@example.com');
  calendarId = bench.calendarOf(connection, 'a').id;
});

function aProbe(differences: Partial<ConnectionProbe> = {}): ConnectionProbe {
  const at = bench.clock.now();
  return {
    connection,
    at,
    durationMs: 80,
    reads: [{ calendarId, failure: null }],
    failure: null,
    ...differences,
  };
}

const lastError = async (): Promise<LastError | null | undefined> =>
  (await bench.connections.find(connection.id, 'all'))?.lastError;
const health = async () => (await bench.calendars.find(calendarId, 'all'))?.health;

describe('recording probes', () => {
  it('keeps each reading, at the time of its probe', async () => {
    const probe = aProbe();
    bench.clock.advance(60_000);
    await bench.record.execute([probe]);
    expect(bench.calendars.checks).toEqual([{ calendarId, failure: null, at: probe.at, durationMs: 80 }]);
    expect(await health()).toMatchObject({ status: 'healthy', checkedAt: probe.at });
  });

  it('leaves what is known of a calendar that was not judged', async () => {
    await bench.record.execute([aProbe()]);
    bench.clock.advance(60_000);
    await bench.record.execute([
      aProbe({ reads: [{ calendarId, failure: QUOTA_PACED }], failure: QUOTA_PACED }),
    ]);
    expect(await health()).toMatchObject({ status: 'healthy' });
    expect(bench.calendars.checks).toHaveLength(1);
    expect(await lastError()).toBeNull();
  });

  it('notes what is wrong with a connection, and that it is right again', async () => {
    await bench.record.execute([aProbe({ failure: aFailure() })]);
    expect(await lastError()).toMatchObject({ code: 'http_503', count: 1 });
    const [found] = await bench.connections.findMany([connection.id]);
    connection = found ?? connection;
    await bench.record.execute([aProbe()]);
    expect(await lastError()).toBeNull();
  });

  it('leaves alone what a person must mend', async () => {
    await bench.connections.markNeedsReauth(connection.id, 1, revokedGrant());
    const failure = revokedGrant();
    await bench.record.execute([aProbe({ failure, reads: [{ calendarId, failure }] })]);
    expect(await lastError()).toMatchObject({ code: 'invalid_grant', count: 1 });
    expect(await health()).toMatchObject({ status: 'unhealthy', category: 'expired_tokens' });
  });

  it('of nothing does nothing', async () => {
    await bench.record.execute([]);
    expect(bench.calendars.checks).toEqual([]);
  });
});

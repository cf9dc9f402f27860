import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aConnection, aLastError } from '../../test/support/a-connection.js';
import type { ConnectionCheck } from '../calendars/check-connection.js';
import type { CalendarRead } from '../calendars/read-busy.js';
import type { Connection } from '../oauth/connection.js';
import { sweepConnections } from './sweep-connections.js';

function connections(count: number): Connection[] {
  return Array.from({ length: count }, (_, index) => aConnection({ id: String(index) }));
}

function aRead(failure: CalendarRead['failure']): CalendarRead {
  const read = { accountEmail: '', source: 'live', asOf: 0, busy: [], covered: [] } as const;
  return { ...read, calendar: aCalendar(), failure };
}

function aCheck(...failures: CalendarRead['failure'][]): ConnectionCheck {
  const failure = failures.find((one) => one !== null) ?? null;
  return { failure, message: '', checkedAt: 0, reads: failures.map(aRead) };
}

const quiet = { crashed: () => undefined, progress: () => undefined };

describe('sweepConnections', () => {
  it('counts accounts and calendars, and those that failed', async () => {
    const checks = [aCheck(null, null), aCheck(null, aLastError()), aCheck(aLastError()), aCheck()];
    const sweep = await sweepConnections(connections(4), {
      ...quiet,
      check: async ({ id }) => checks[Number(id)] ?? aCheck(),
    });
    expect(sweep).toEqual({ connections: 4, failedConnections: 2, calendars: 5, failedCalendars: 2 });
  });

  it('goes on after a check that crashed, and tells which it was', async () => {
    const crashes: [string, unknown][] = [];
    const bug = new TypeError('a bug');
    const sweep = await sweepConnections(connections(3), {
      ...quiet,
      check: async ({ id }) => {
        if (id === '1') throw bug;
        return aCheck(null);
      },
      crashed: ({ id }, error) => crashes.push([id, error]),
    });
    expect(crashes).toEqual([['1', bug]]);
    expect(sweep).toMatchObject({ connections: 3, failedConnections: 1, calendars: 2 });
  });

  it('stops when the database is gone', async () => {
    const outage = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const sweep = sweepConnections(connections(30), { ...quiet, check: () => Promise.reject(outage) });
    await expect(sweep).rejects.toBe(outage);
  });

  it('asks at most ten accounts at a time', async () => {
    let open = 0;
    let most = 0;
    await sweepConnections(connections(35), {
      ...quiet,
      check: async () => {
        most = Math.max(most, (open += 1));
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return aCheck(null);
      },
    });
    expect(most).toBe(10);
  });

  it('reports its progress from nothing to all', async () => {
    const seen: string[] = [];
    await sweepConnections(connections(2), {
      ...quiet,
      check: async () => aCheck(null),
      progress: (done, total) => seen.push(`${done}/${total}`),
    });
    expect(seen).toEqual(['0/2', '1/2', '2/2']);
  });
});

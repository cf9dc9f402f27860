import { describe, expect, it } from '@jest/globals';
import { aConnection } from '../../test/support/a-connection.js';
import { aFailure } from '../../test/support/a-failure.js';
import { QUOTA_PACED } from '../calendars/call-quota.js';
import { CIRCUIT_OPEN } from '../calendars/circuits.js';
import type { ConnectionProbe } from '../calendars/probe-connection.js';
import type { Failure } from '../shared/failure.js';
import { NOTHING_SWEPT, reasonsIn, unjudgedIn, withCrash, withProbe } from './connection-sweep.js';

function aProbe(failures: readonly (Failure | null)[], failure: Failure | null = null): ConnectionProbe {
  const reads = failures.map((one, n) => ({ calendarId: String(n), failure: one }));
  return { connection: aConnection(), at: 0, durationMs: 1, reads, failure };
}

describe('what a check of many accounts came to', () => {
  it('counts accounts and calendars, and those that failed', () => {
    const probes = [
      aProbe([null, null]),
      aProbe([null, aFailure()]),
      aProbe([aFailure()], aFailure()),
      aProbe([]),
    ];
    expect(probes.reduce(withProbe, NOTHING_SWEPT)).toEqual({
      connections: 4,
      failedConnections: 2,
      calendars: 5,
      failedCalendars: 2,
      unjudged: {},
    });
  });

  it('counts an account as failed of which only the list could not be read', () => {
    const sweep = withProbe(NOTHING_SWEPT, aProbe([null], aFailure()));
    expect(sweep).toMatchObject({ failedConnections: 1, failedCalendars: 0, unjudged: {} });
  });

  it('tells apart what failed and what could not be judged, and why', () => {
    const probes = [
      aProbe([CIRCUIT_OPEN, CIRCUIT_OPEN], CIRCUIT_OPEN),
      aProbe([aFailure(), QUOTA_PACED]),
      aProbe([null], QUOTA_PACED),
      aProbe([aFailure()]),
    ];
    const sweep = withCrash(probes.reduce(withProbe, NOTHING_SWEPT), 3);
    expect(sweep).toEqual({
      connections: 5,
      failedConnections: 5,
      calendars: 9,
      failedCalendars: 2,
      unjudged: { circuit_open: 1, quota_paced: 2, check_crashed: 1 },
    });
    expect(unjudgedIn(sweep)).toBe(4);
    expect(reasonsIn(sweep)).toBe('check_crashed 1, circuit_open 1, quota_paced 2');
    expect(unjudgedIn(NOTHING_SWEPT)).toBe(0);
  });
});

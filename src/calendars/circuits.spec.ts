import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  aFailure,
  missingCalendar,
  noWriteAccess,
  revokedGrant,
  timeOut,
} from '../../test/support/a-failure.js';
import { REFRESH_FAILED } from '../oauth/connection.js';
import { FixedClock } from '../shared/clock.js';
import type { Failure } from '../shared/failure.js';
import { RecordingLog } from '../shared/log.js';
import { QUOTA_PACED } from './call-quota.js';
import { Circuits } from './circuits.js';

const RESET = aFailure({ code: 'network', httpStatus: null });

let clock: FixedClock;
let log: RecordingLog;
let circuits: Circuits;

beforeEach(() => {
  clock = new FixedClock(1_000_000);
  log = new RecordingLog();
  circuits = new Circuits(clock, log);
});

const mayAsk = (connectionId: string): boolean => circuits.refusal(connectionId, 'request') === null;

function report(connectionId: string, failure: Failure | null, times = 1): void {
  for (let time = 0; time < times; time += 1) circuits.report(connectionId, failure);
}

describe('an account that does not answer (F31)', () => {
  it.each([
    ['by time-outs', timeOut()],
    ['by connections that break', RESET],
  ])('is left alone after five reads that ended %s', (_how, failure) => {
    report('hangs', failure, 4);
    expect(mayAsk('hangs')).toBe(true);
    report('hangs', failure);
    expect(circuits.refusal('hangs', 'request')).toMatchObject({
      category: 'connection_error',
      code: 'circuit_open',
      needsReauth: false,
      retryAfterMs: 30_000,
    });
  });

  it('leaves all others as they are', () => {
    report('hangs', timeOut(), 50);
    expect(mayAsk('answers')).toBe(true);
    expect(circuits.refusal('answers', 'sweep')).toBeNull();
  });

  it('is announced once, however long it lasts', () => {
    report('hangs', timeOut(), 8);
    for (let trial = 0; trial < 5; trial += 1) {
      clock.advance(30_000);
      expect(mayAsk('hangs')).toBe(true);
      report('hangs', timeOut());
    }
    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        event: 'circuit.opened',
        fields: { connection_id: 'hangs', class: 'connection_error', code: 'timeout' },
      },
    ]);
  });

  it('is tried by one read after half a minute, which decides for the others', () => {
    report('hangs', timeOut(), 5);
    clock.advance(29_999);
    expect(circuits.refusal('hangs', 'request')).toMatchObject({ retryAfterMs: 1 });
    clock.advance(1);
    expect([mayAsk('hangs'), mayAsk('hangs'), mayAsk('hangs')]).toEqual([true, false, false]);
    report('hangs', timeOut());
    expect(mayAsk('hangs')).toBe(false);
    clock.advance(30_000);
    expect([mayAsk('hangs'), mayAsk('hangs')]).toEqual([true, false]);
    report('hangs', null);
    expect([mayAsk('hangs'), mayAsk('hangs')]).toEqual([true, true]);
  });

  it.each([
    ['a calendar that is gone', missingCalendar()],
    ['a refusal', noWriteAccess()],
    ['a server error', aFailure()],
    ['a limit', aFailure({ category: 'rate_limited', code: 'rateLimitExceeded', httpStatus: 403 })],
    ['a stop for good', revokedGrant()],
  ])('answers again with whatever the provider says: %s', (_what, answer) => {
    report('hangs', timeOut(), 5);
    clock.advance(30_000);
    expect(mayAsk('hangs')).toBe(true);
    report('hangs', answer);
    expect([mayAsk('hangs'), mayAsk('hangs')]).toEqual([true, true]);
  });

  it.each([
    ['there was no token', REFRESH_FAILED],
    ['the token endpoint failed', { ...REFRESH_FAILED, httpStatus: 503 }],
    ['the token endpoint hung', { ...REFRESH_FAILED, timedOut: true }],
    ['there was no quota', QUOTA_PACED],
  ])('is neither better nor worse when it was not asked, because %s', (_why, failure) => {
    report('hangs', timeOut(), 4);
    report('hangs', failure, 10);
    expect(mayAsk('hangs')).toBe(true);
    report('hangs', timeOut());
    clock.advance(30_000);
    expect([mayAsk('hangs'), mayAsk('hangs')]).toEqual([true, false]);
    report('hangs', failure);
    expect([mayAsk('hangs'), mayAsk('hangs')]).toEqual([true, false]);
  });

  it('is asked for a booking all the same, and what that finds out counts', () => {
    report('hangs', timeOut(), 5);
    expect(circuits.refusal('hangs', 'booking')).toBeNull();
    expect(circuits.refusal('hangs', 'sweep')).not.toBeNull();
    report('hangs', null);
    expect(mayAsk('hangs')).toBe(true);
  });
});

describe('a provider that does not answer at all', () => {
  const everybody = (failure: Failure, accounts = 10): void => {
    for (let account = 0; account < accounts; account += 1) report(`account ${account}`, failure);
  };

  it.each([
    ['hangs', timeOut()],
    ['is out of reach', RESET],
    ['answers with server errors', aFailure()],
  ])('is left alone for a moment by everybody when it %s for ten accounts', (_how, failure) => {
    everybody(failure, 9);
    expect(mayAsk('somebody else')).toBe(true);
    everybody(failure);
    expect(circuits.refusal('somebody else', 'request')).toMatchObject({
      code: 'circuit_open',
      retryAfterMs: 2000,
    });
    expect(circuits.refusal('somebody else', 'sweep')).not.toBeNull();
    expect(circuits.refusal('somebody else', 'booking')).toBeNull();
    clock.advance(2000);
    expect(mayAsk('somebody else')).toBe(true);
  });

  it.each([
    ['refuses', noWriteAccess()],
    ['limits', aFailure({ category: 'rate_limited', httpStatus: 429 })],
    ['stops', revokedGrant()],
    ['cannot be asked for want of a token of', { ...REFRESH_FAILED, httpStatus: 503, timedOut: true }],
  ])('is not one that %s ten accounts', (_how, failure) => {
    everybody(failure, 20);
    expect(mayAsk('somebody else')).toBe(true);
  });

  it('is back for everybody as soon as one booking got through', () => {
    everybody(timeOut());
    report('account 3', null);
    expect(mayAsk('somebody else')).toBe(true);
  });
});

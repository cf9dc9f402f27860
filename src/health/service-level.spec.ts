import { describe, expect, it } from '@jest/globals';
import { aRecord } from '../../test/support/a-record.js';
import { serviceLevelOf } from './service-level.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const MONTH_MS = 30 * DAY_MS;

describe('serviceLevelOf', () => {
  it('is whole without downtime', () => {
    expect(serviceLevelOf([aRecord({ observedMs: MONTH_MS })], MONTH_MS, 0.999)).toMatchObject({
      availability: 1,
      errorBudgetRemaining: 1,
      unknownMs: 0,
    });
  });

  it.each([
    [0, 1],
    [21.6, 0.5],
    [43.2, 0],
    [86.4, -1],
  ])('with %d minutes down in 30 days at 99.9 %%, has %d of its budget left', (minutes, left) => {
    const record = aRecord({ observedMs: MONTH_MS, downtimeMs: minutes * MINUTE_MS });
    expect(serviceLevelOf([record], MONTH_MS, 0.999).errorBudgetRemaining).toBeCloseTo(left, 9);
  });

  it('measures the budget by the target', () => {
    const record = aRecord({ observedMs: MONTH_MS, downtimeMs: 0.0025 * MONTH_MS });
    expect(serviceLevelOf([record], MONTH_MS, 0.99).errorBudgetRemaining).toBeCloseTo(0.75, 9);
    expect(serviceLevelOf([record], MONTH_MS, 0.9999).errorBudgetRemaining).toBeCloseTo(-24, 6);
  });

  it('counts unknown time neither as up nor as down', () => {
    const record = aRecord({ observedMs: DAY_MS, downtimeMs: DAY_MS / 4 });
    expect(serviceLevelOf([record], MONTH_MS, 0.5)).toMatchObject({
      availability: 0.75,
      errorBudgetRemaining: 0.5,
      unknownMs: 29 * DAY_MS,
    });
  });

  it('says nothing of what was never looked at', () => {
    expect(serviceLevelOf([aRecord()], MONTH_MS, 0.999)).toMatchObject({
      availability: null,
      errorBudgetRemaining: null,
      meanTimeToRecoveryMs: null,
      unknownMs: MONTH_MS,
    });
    expect(serviceLevelOf([], MONTH_MS, 0.999)).toMatchObject({ availability: null, unknownMs: 0 });
  });

  it('adds calendars up by their observed time, and takes the longest outage of any', () => {
    const records = [
      aRecord({
        observedMs: 3 * DAY_MS,
        downtimeMs: 0,
        checks: 3,
        outages: 1,
        recoveries: 1,
        recoveryMs: MINUTE_MS,
      }),
      aRecord({
        observedMs: DAY_MS,
        downtimeMs: DAY_MS,
        longestOutageMs: DAY_MS,
        checks: 5,
        failedChecks: 5,
        outages: 4,
        recoveries: 3,
        recoveryMs: 11 * MINUTE_MS,
      }),
    ];
    expect(serviceLevelOf(records, MONTH_MS, 0.5)).toEqual({
      availability: 0.75,
      errorBudgetRemaining: 0.5,
      observedMs: 4 * DAY_MS,
      unknownMs: 56 * DAY_MS,
      downtimeMs: DAY_MS,
      longestOutageMs: DAY_MS,
      outages: 5,
      meanTimeToRecoveryMs: 3 * MINUTE_MS,
      checks: 8,
      failedChecks: 5,
    });
  });
});

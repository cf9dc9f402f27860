import { describe, expect, it } from '@jest/globals';
import { ValidationFailed } from '../shared/app-error.js';
import { formatInstant } from '../shared/time.js';
import { targetIn, trendPlan, windowBefore, type TrendPlan, type TrendWish } from './history-wish.js';

const NOW = Date.parse('2027-04-10T12:30:00Z');
const HOUR_MS = 3_600_000;

const plan = (wish: TrendWish, zone = 'Europe/Berlin'): TrendPlan => trendPlan(wish, NOW, zone);

function refusal(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof ValidationFailed ? error.details.errors?.[0]?.field : error;
  }
}

describe('the plan of a trend', () => {
  it('is of the last thirty local days unless something else is asked for', () => {
    const { bounds, step, grain } = plan({});
    expect(bounds).toHaveLength(31);
    expect({ step, grain }).toEqual({ step: '1d', grain: 'hour' });
    expect(formatInstant(bounds[0] ?? 0, 'Europe/Berlin')).toBe('2027-03-12T00:00:00+01:00');
    expect(bounds.at(-1)).toBe(NOW);
  });

  it('goes by the hour where that is as much as two days', () => {
    expect(plan({ from: '2027-04-08T12:30:00Z' }).step).toBe('1h');
    expect(plan({ from: '2027-04-08T12:29:00Z' }).step).toBe('1d');
  });

  it('counts checks one by one below an hour', () => {
    expect(plan({ from: '2027-04-10T10:00:00Z', step: '15m' })).toMatchObject({
      step: '15m',
      grain: 'check',
    });
  });

  it('ends now, whatever is asked for', () => {
    expect(plan({ to: '2028-01-01T00:00:00Z' }).bounds.at(-1)).toBe(NOW);
  });

  it.each<[TrendWish, string]>([
    [{ step: 'daily' }, 'step'],
    [{ step: '0d' }, 'step'],
    [{ step: '1h', from: '2027-01-01T00:00:00Z' }, 'step'],
    [{ step: '30m', from: '2027-03-11T12:29:00Z', to: '2027-03-12T00:00:00Z' }, 'step'],
    [{ from: '2027-04-10T12:30:00Z' }, 'from'],
    [{ from: '2027-04-10T10:00:00Z', to: '2027-04-10T10:00:00Z' }, 'to'],
    [{ from: '2026-04-09T12:29:00Z' }, 'from'],
  ])('names what is wrong with %j', (wish, field) => {
    expect(refusal(() => plan(wish))).toBe(field);
  });

  it('reaches back a year', () => {
    expect(plan({ from: '2026-04-09T12:30:00Z' }).bounds).toHaveLength(368);
  });
});

describe('a window before now', () => {
  it.each([
    ['1h', HOUR_MS],
    ['30d', 720 * HOUR_MS],
    ['366d', 366 * 24 * HOUR_MS],
  ])('of %s ends now', (text, ms) => {
    expect(windowBefore(NOW, text)).toEqual({ startAt: NOW - ms, endAt: NOW });
  });

  it.each(['59m', '367d', 'month', ''])('of "%s" is refused', (text) => {
    expect(refusal(() => windowBefore(NOW, text))).toBe('window');
  });
});

describe('a target', () => {
  it.each([
    ['0.999', 0.999],
    ['99.9', 0.999],
    ['99.95', 0.9995],
    ['50', 0.5],
    ['0.999999', 0.999999],
  ])('%s is %d', (text, target) => {
    expect(targetIn(text)).toBeCloseTo(target, 12);
  });

  it.each(['1', '100', '0', '49', '0.4', '-1', '99,9', '9.99e1', 'NaN', '', '99.9%'])(
    '%s is refused',
    (text) => {
      expect(refusal(() => targetIn(text))).toBe('target');
    },
  );
});

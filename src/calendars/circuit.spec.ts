import { beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FixedClock } from '../shared/clock.js';
import { Circuit } from './circuit.js';

const RULE = { failures: 5, openMs: 30_000 };

let clock: FixedClock;
let circuit: Circuit;

beforeEach(() => {
  clock = new FixedClock(1_000_000);
  circuit = new Circuit(RULE, clock);
});

function fail(times: number): boolean[] {
  return Array.from({ length: times }, () => circuit.failed());
}

describe('a closed circuit', () => {
  it('lets any number of calls through at once', () => {
    for (let call = 0; call < 100; call += 1) expect(circuit.admit()).toBe(0);
  });

  it('stays closed for one failure less than it takes', () => {
    expect(fail(4)).toEqual([false, false, false, false]);
    expect(circuit.admit()).toBe(0);
  });

  it('counts failures in a row only', () => {
    fail(4);
    circuit.succeeded();
    fail(4);
    expect(circuit.admit()).toBe(0);
  });

  it('does not count what told nothing, neither as a failure nor as a success', () => {
    fail(4);
    circuit.undecided();
    expect(circuit.admit()).toBe(0);
    expect(circuit.failed()).toBe(true);
  });
});

describe('an open circuit', () => {
  beforeEach(() => {
    fail(5);
  });

  it('was opened by the fifth failure, and by no later one', () => {
    expect(fail(3)).toEqual([false, false, false]);
  });

  it('tells how long it stays so', () => {
    expect(circuit.admit()).toBe(30_000);
    clock.advance(29_999);
    expect(circuit.admit()).toBe(1);
  });

  it('lets one call through when the time is over, and nobody else until that has ended', () => {
    clock.advance(30_000);
    expect(circuit.admit()).toBe(0);
    for (let call = 0; call < 10; call += 1) expect(circuit.admit()).toBeGreaterThan(0);
    clock.advance(60_000);
    expect(circuit.admit()).toBeGreaterThan(0);
  });

  it('closes when the trial succeeds, and then needs five failures again', () => {
    clock.advance(30_000);
    circuit.admit();
    circuit.succeeded();
    expect([circuit.admit(), circuit.admit()]).toEqual([0, 0]);
    expect(fail(5)).toEqual([false, false, false, false, true]);
  });

  it('stays open for as long again when the trial fails', () => {
    clock.advance(30_000);
    circuit.admit();
    expect(circuit.failed()).toBe(false);
    expect(circuit.admit()).toBe(30_000);
    clock.advance(30_000);
    expect([circuit.admit(), circuit.admit()]).toEqual([0, 1]);
  });

  it('gives the trial to the next call when this one told nothing', () => {
    clock.advance(30_000);
    circuit.admit();
    circuit.undecided();
    expect([circuit.admit(), circuit.admit()]).toEqual([0, 1]);
  });

  it('closes at once when a call from before succeeds late', () => {
    circuit.succeeded();
    expect(circuit.admit()).toBe(0);
  });
});

describe('whatever happens', () => {
  const happenings = fc.array(
    fc.oneof(
      fc.constant('call' as const),
      fc.constant('success' as const),
      fc.constant('failure' as const),
      fc.constant('nothing' as const),
      fc.integer({ min: 1, max: 40_000 }),
    ),
    { maxLength: 200 },
  );

  it('never lets a second call through after five failures, nor one before the time is over', () => {
    fc.assert(
      fc.property(happenings, (sequence) => {
        const time = new FixedClock(0);
        const tested = new Circuit(RULE, time);
        let failures = 0;
        let failedAt = -Infinity;
        let onTrial = false;
        for (const happening of sequence) {
          if (typeof happening === 'number') time.advance(happening);
          else if (happening === 'call') {
            const isClosed = failures < RULE.failures;
            const mayTry: boolean = !onTrial && time.elapsed() - failedAt >= RULE.openMs;
            expect(tested.admit() === 0).toBe(isClosed || mayTry);
            onTrial = !isClosed && (onTrial || mayTry);
          } else if (happening === 'success') {
            tested.succeeded();
            [failures, onTrial] = [0, false];
          } else if (happening === 'failure') {
            tested.failed();
            [failures, failedAt, onTrial] = [failures + 1, time.elapsed(), false];
          } else {
            tested.undecided();
            onTrial = false;
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

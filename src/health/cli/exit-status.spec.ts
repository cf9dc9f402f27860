import { describe, expect, it } from '@jest/globals';
import { NOTHING_SWEPT } from '../connection-sweep.js';
import { exitStatusOf } from './exit-status.js';

describe('the exit status of a check', () => {
  const incomplete = { ...NOTHING_SWEPT, unjudged: { circuit_open: 1 } };

  it.each([
    ['healthy', 0, 1],
    ['partial', 1, 1],
    ['critical', 2, 2],
  ] as const)('of what is %s is %i, and %i when an account could not be judged', (status, all, some) => {
    expect([exitStatusOf(status, NOTHING_SWEPT), exitStatusOf(status, incomplete)]).toEqual([all, some]);
  });
});

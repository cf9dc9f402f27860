import { beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../shared/clock.js';
import { ProviderOutage } from './provider-outage.js';

let clock: FixedClock;
let outage: ProviderOutage;

beforeEach(() => {
  clock = new FixedClock(1_000_000);
  outage = new ProviderOutage(clock);
});

function failing(accounts: number, from = 0): void {
  for (let account = from; account < from + accounts; account += 1) outage.failed(`account ${account}`);
}

/** How long each pause lasts when somebody fails as soon as one is over. */
function pauses(times: number): number[] {
  return Array.from({ length: times }, () => {
    const pauseMs = outage.openMs();
    clock.advance(pauseMs);
    outage.failed('account 0');
    return pauseMs;
  });
}

describe('an outage of the provider', () => {
  it('is ten accounts that fail, and not nine', () => {
    failing(9);
    expect(outage.openMs()).toBe(0);
    failing(1, 9);
    expect(outage.openMs()).toBe(2000);
  });

  it('is not one account that fails ten times', () => {
    for (let times = 0; times < 100; times += 1) outage.failed('account 0');
    expect(outage.openMs()).toBe(0);
  });

  it('is not ten accounts with a success in between', () => {
    failing(9);
    outage.succeeded();
    failing(9);
    expect(outage.openMs()).toBe(0);
  });

  it('lets everybody ask again after its pause, and pauses longer each time that fails, up to half a minute', () => {
    failing(10);
    expect(pauses(7)).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('still pauses for half a minute after a day', () => {
    failing(10);
    pauses(3000);
    expect(outage.openMs()).toBe(30_000);
  });

  it('is not made longer by those who were on their way when it was noticed', () => {
    failing(10);
    clock.advance(500);
    failing(100);
    expect(outage.openMs()).toBe(1500);
    clock.advance(1500);
    expect(outage.openMs()).toBe(0);
  });

  it('is over as soon as anybody gets an answer', () => {
    failing(10);
    outage.succeeded();
    expect(outage.openMs()).toBe(0);
  });

  it('begins with the short pause when it comes back', () => {
    failing(10);
    pauses(3);
    outage.succeeded();
    failing(10);
    expect(outage.openMs()).toBe(2000);
  });
});

import { describe, expect, it } from '@jest/globals';
import { FixedClock } from './clock.js';
import { SharedWork } from './shared-work.js';

function bench(joinableMs = 250) {
  const clock = new FixedClock(0);
  const shared = new SharedWork<number>(joinableMs, clock);
  const done: ((value: number) => void)[] = [];
  const ask = (question = 'the same'): Promise<number> =>
    shared.run(question, () => new Promise((resolve) => done.push(resolve)));
  return { clock, ask, begun: () => done.length, end: (n: number) => done[n]?.(n) };
}

describe('work that is shared', () => {
  it('is done once for all who ask while it is new', async () => {
    const { clock, ask, begun, end } = bench();
    const first = ask();
    clock.advance(250);
    const answers = Promise.all([first, ask(), ask()]);
    end(0);
    expect(await answers).toEqual([0, 0, 0]);
    expect(begun()).toBe(1);
  });

  it('is done apart for different questions', () => {
    const { ask, begun } = bench();
    void ask('one');
    void ask('another');
    expect(begun()).toBe(2);
  });

  it('is begun anew by who comes later, and then those two differ', async () => {
    const { clock, ask, end } = bench();
    const early = ask();
    clock.advance(251);
    const late = ask();
    const joined = ask();
    end(1);
    expect([await late, await joined]).toEqual([1, 1]);
    end(0);
    expect(await early).toBe(0);
  });

  it('is not kept once it has ended', async () => {
    const { ask, begun, end } = bench();
    const first = ask();
    end(0);
    await first;
    void ask();
    expect(begun()).toBe(2);
  });

  it('that fails, fails for all who share it, and is tried again by the next', async () => {
    const shared = new SharedWork<number>(250, new FixedClock(0));
    const fail = (): Promise<number> => Promise.reject(new Error('no'));
    const both = [shared.run('q', fail), shared.run('q', async () => 1)];
    for (const one of both) await expect(one).rejects.toThrow('no');
    expect(await shared.run('q', async () => 2)).toBe(2);
  });
});

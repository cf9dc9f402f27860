import { beforeEach, describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Clock } from './clock.js';
import { DatabaseClock } from './database-clock.js';

const NOON = Date.UTC(2027, 2, 8, 12);
const DAY_MS = 86_400_000;

/** A wall clock that can be set, and a monotonic one that cannot. */
class Machine extends Clock {
  wall = NOON;
  ticks = 5000;

  now(): number {
    return this.wall;
  }

  elapsed(): number {
    return this.ticks;
  }

  async pause(ms: number): Promise<void> {
    this.pass(ms);
  }

  pass(ms: number): void {
    this.wall += ms;
    this.ticks += ms;
  }
}

describe('the time by the clock of the database', () => {
  let machine: Machine;
  /** What a look finds, after how long, and how often it was asked. */
  let database: { ahead: number; tookMs: number; looks: number; away: boolean };
  let rightTime: number;

  const started = (): Promise<DatabaseClock> =>
    DatabaseClock.started(machine, async () => {
      database.looks += 1;
      if (database.away) throw new Error('no database');
      pass(database.tookMs / 2);
      const told = rightTime + database.ahead;
      pass(database.tookMs / 2);
      return told;
    });

  function pass(ms: number): void {
    machine.pass(ms);
    rightTime += ms;
  }

  beforeEach(() => {
    machine = new Machine();
    rightTime = NOON;
    database = { ahead: 0, tookMs: 4, looks: 0, away: false };
  });

  it.each([[DAY_MS], [-DAY_MS]])('does not mind a machine that is wrong by %i ms', async (wrong) => {
    machine.wall += wrong;
    const clock = await started();
    expect(clock.now()).toBe(rightTime);
    pass(1234);
    expect(clock.now()).toBe(rightTime);
  });

  it('does not step with the machine, and looks again when it does', async () => {
    const clock = await started();
    machine.wall -= DAY_MS;
    expect(Math.abs(clock.now() - NOON)).toBeLessThan(1000);
    await nextTurn();
    expect(clock.now()).toBe(rightTime);
    expect(database.looks).toBe(2);
  });

  it('looks once a minute, and only when somebody asks', async () => {
    const clock = await started();
    for (let second = 0; second < 59; second += 1) {
      pass(1000);
      clock.now();
    }
    expect(database.looks).toBe(1);
    pass(3_600_000);
    expect(database.looks).toBe(1);
    clock.now();
    clock.now();
    await nextTurn();
    expect(database.looks).toBe(2);
  });

  it('follows a database whose own clock was set', async () => {
    const clock = await started();
    database.ahead = 90_000;
    pass(60_000);
    clock.now();
    await nextTurn();
    expect(clock.now()).toBe(rightTime + 90_000);
  });

  it('catches up after the machine has slept', async () => {
    const clock = await started();
    machine.wall += 3_600_000;
    rightTime += 3_600_000;
    clock.now();
    await nextTurn();
    expect(clock.now()).toBe(rightTime);
  });

  it('takes no answer that was long on its way for the present time, unless it has no other', async () => {
    database.tookMs = 2000;
    const clock = await started();
    expect(clock.now()).toBe(rightTime);
    database.ahead = 90_000;
    pass(60_000);
    clock.now();
    await nextTurn();
    expect(clock.now()).toBe(rightTime);
  });

  it('counts on while the database is away, and cannot start without it', async () => {
    const clock = await started();
    database.away = true;
    pass(60_000);
    expect(clock.now()).toBe(rightTime);
    await nextTurn();
    pass(60_000);
    expect(clock.now()).toBe(rightTime);
    await expect(started()).rejects.toThrow('no database');
  });

  it('measures durations by the machine', async () => {
    const clock = await started();
    const before = clock.elapsed();
    await clock.pause(70);
    expect(clock.elapsed() - before).toBe(70);
  });
});

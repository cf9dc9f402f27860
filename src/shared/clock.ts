import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Instant } from './time.js';

/** The only source of "now". Tests advance {@link FixedClock}; nothing sleeps. */
export abstract class Clock {
  abstract now(): Instant;
  /** Milliseconds that never step back, for measuring durations. The zero point is arbitrary. */
  abstract elapsed(): number;
  /** Resolves `ms` of {@link elapsed} later. */
  abstract pause(ms: number): Promise<void>;
}

@Injectable()
export class SystemClock extends Clock {
  now(): Instant {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
  }

  async pause(ms: number): Promise<void> {
    await sleep(ms);
  }
}

export class FixedClock extends Clock {
  constructor(private instant: Instant) {
    super();
  }

  now(): Instant {
    return this.instant;
  }

  elapsed(): number {
    return this.instant;
  }

  /** Advances itself at once, to a whole millisecond, then lets whatever else is ready run first. */
  async pause(ms: number): Promise<void> {
    this.advance(Math.ceil(ms));
    await nextTurn();
  }

  advance(ms: number): void {
    this.instant += ms;
  }

  set(instant: Instant): void {
    this.instant = instant;
  }
}

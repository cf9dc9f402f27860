import { Injectable } from '@nestjs/common';
import type { Instant } from './time.js';

/** The only source of "now". Tests advance {@link FixedClock}; nothing sleeps. */
export abstract class Clock {
  abstract now(): Instant;
  /** Milliseconds that never step back, for measuring durations. The zero point is arbitrary. */
  abstract elapsed(): number;
}

@Injectable()
export class SystemClock extends Clock {
  now(): Instant {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
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

  advance(ms: number): void {
    this.instant += ms;
  }

  set(instant: Instant): void {
    this.instant = instant;
  }
}

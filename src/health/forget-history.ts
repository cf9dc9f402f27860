import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { HealthHistory, type Forgotten } from './health-history.js';
import { CHECKS_KEPT_MS, HISTORY_KEPT_MS } from './history-kept.js';

/** Drops what no answer reaches back to any more. Safe to run twice. */
@Injectable()
export class ForgetHistory {
  constructor(
    private readonly history: HealthHistory,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<Forgotten> {
    const now = this.clock.now();
    return this.history.forget(now - CHECKS_KEPT_MS, now - HISTORY_KEPT_MS);
  }
}

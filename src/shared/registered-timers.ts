import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Timers } from './timers.js';

/** Those of the scheduler's module, which clears them when the service stops. */
@Injectable()
export class RegisteredTimers extends Timers {
  constructor(private readonly registry: SchedulerRegistry) {
    super();
  }

  set(name: string, ms: number, wake: () => void): void {
    const woken = (): void => {
      this.registry.deleteTimeout(name);
      wake();
    };
    this.registry.addTimeout(name, setTimeout(woken, ms));
  }
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { CompareCalendars } from '../compare-calendars.js';

@Injectable()
export class CompareCalendarsJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly compareCalendars: CompareCalendars,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    // Each calendar that is due goes to one instance.
    this.jobs.addShared('compare-calendars', this.config.crons.reconcile, () => this.compareCalendars.due());
  }
}

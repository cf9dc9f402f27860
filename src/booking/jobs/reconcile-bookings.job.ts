import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { ReconcileBookings } from '../reconcile-bookings.js';

@Injectable()
export class ReconcileBookingsJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly reconcileBookings: ReconcileBookings,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('reconcile-bookings', this.config.crons.reconcile, async () => {
      await this.reconcileBookings.execute();
    });
  }
}

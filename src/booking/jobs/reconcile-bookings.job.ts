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
    // Each due booking goes to one instance, and one that waits for a slow calendar must not hold up the rest.
    this.jobs.addShared('reconcile-bookings', this.config.crons.reconcile, () =>
      this.reconcileBookings.execute(),
    );
  }
}

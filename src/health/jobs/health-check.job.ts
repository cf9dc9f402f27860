import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { Log } from '../../shared/log.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { CheckCalendars } from '../check-calendars.js';

@Injectable()
export class HealthCheckJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly checkCalendars: CheckCalendars,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('health-check', this.config.crons.healthCheck, () => this.run());
  }

  async run(): Promise<void> {
    const startedAt = this.clock.elapsed();
    const sweep = await this.checkCalendars.execute('all');
    this.log.info('health.checked', 'All calendars have been checked.', {
      connections: sweep.connections,
      failed_connections: sweep.failedConnections,
      calendars: sweep.calendars,
      failed_calendars: sweep.failedCalendars,
      duration_ms: Math.round(this.clock.elapsed() - startedAt),
    });
  }
}

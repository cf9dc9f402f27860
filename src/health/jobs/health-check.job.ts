import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../shared/config.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { HEALTH_CHECK } from '../check-calendars.js';
import { CheckHealth } from '../check-health.js';

@Injectable()
export class HealthCheckJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly checkHealth: CheckHealth,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.addLocking(HEALTH_CHECK, this.config.crons.healthCheck, async () => {
      await this.checkHealth.execute();
    });
  }
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { outcomeOf } from '../../shared/job-outcome.js';
import { ScheduledJobs } from '../../shared/scheduled-jobs.js';
import { AuditLog } from '../audit-log.js';

@Injectable()
export class ForgetAuditLogJob implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.add('forget-audit-log', this.config.crons.cleanup, async () =>
      outcomeOf({ forgotten: await this.audit.forget(this.clock.now() - this.config.auditRetentionMs) }),
    );
  }
}

import { Injectable } from '@nestjs/common';
import { ReauthLinks } from '../oauth/reauth-links.js';
import { Clock } from '../shared/clock.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { reportOf, type HealthReport } from './calendar-health-report.js';
import { CollectOtherIssues } from './collect-other-issues.js';
import { CollectHealthFacts } from './health-facts.js';

/** Reports what the last checks and requests found out. Cheap: {@link CheckCalendars} is what asks providers. */
@Injectable()
export class ReadCalendarHealth {
  constructor(
    private readonly facts: CollectHealthFacts,
    private readonly others: CollectOtherIssues,
    private readonly links: ReauthLinks,
    private readonly clock: Clock,
  ) {}

  async execute(scope: WorkspaceScope): Promise<HealthReport> {
    const now = this.clock.now();
    const [facts, others] = await Promise.all([this.facts.execute(scope, now), this.others.execute(scope)]);
    return reportOf(facts, (connectionId) => this.links.for(connectionId), now, others);
  }
}

import { Injectable } from '@nestjs/common';
import { Mails } from '../notifications/mails.js';
import { ReauthLinks } from '../oauth/reauth-links.js';
import { Clock } from '../shared/clock.js';
import { Webhooks } from '../webhooks/webhooks.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { reportOf, type HealthReport } from './calendar-health-report.js';
import { CollectHealthFacts } from './health-facts.js';
import { mailIssues } from './mail-issues.js';
import { webhookIssues } from './webhook-issues.js';

/** Reports what the last checks and requests found out. Cheap: {@link CheckCalendars} is what asks providers. */
@Injectable()
export class ReadCalendarHealth {
  constructor(
    private readonly facts: CollectHealthFacts,
    private readonly webhooks: Webhooks,
    private readonly mails: Mails,
    private readonly links: ReauthLinks,
    private readonly clock: Clock,
  ) {}

  async execute(scope: WorkspaceScope): Promise<HealthReport> {
    const now = this.clock.now();
    const [facts, disabled, refused] = await Promise.all([
      this.facts.execute(scope, now),
      this.webhooks.disabled(scope),
      this.mails.refused(scope),
    ]);
    const linkFor = (connectionId: string): string => this.links.for(connectionId);
    return reportOf(facts, linkFor, now, [...webhookIssues(disabled), ...mailIssues(refused, linkFor)]);
  }
}

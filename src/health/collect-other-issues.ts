import { Injectable } from '@nestjs/common';
import { Bookings } from '../booking/bookings.js';
import { Mails } from '../notifications/mails.js';
import { ReauthLinks } from '../oauth/reauth-links.js';
import { Webhooks } from '../webhooks/webhooks.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { conflictIssues } from './conflict-issues.js';
import { mailIssues } from './mail-issues.js';
import type { OtherIssue } from './other-issue.js';
import { webhookIssues } from './webhook-issues.js';

@Injectable()
export class CollectOtherIssues {
  constructor(
    private readonly bookings: Bookings,
    private readonly webhooks: Webhooks,
    private readonly mails: Mails,
    private readonly links: ReauthLinks,
  ) {}

  async execute(scope: WorkspaceScope): Promise<OtherIssue[]> {
    const [conflicts, disabled, refused] = await Promise.all([
      this.bookings.conflicts(scope),
      this.webhooks.disabled(scope),
      this.mails.refused(scope),
    ]);
    const linkFor = (connectionId: string): string => this.links.for(connectionId);
    return [...conflictIssues(conflicts), ...webhookIssues(disabled), ...mailIssues(refused, linkFor)];
  }
}

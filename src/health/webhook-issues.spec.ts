import { describe, expect, it } from '@jest/globals';
import { aWebhook } from '../../test/support/a-webhook.js';
import { healthFacts } from '../../test/support/health-facts.js';
import type { DisabledReason } from '../webhooks/webhook.js';
import { reportOf } from './calendar-health-report.js';
import { healthReportView, issueExportView } from './health-report-view.js';
import { webhookIssues } from './webhook-issues.js';

const SINCE = Date.UTC(2027, 2, 10, 14);

describe('a webhook that was switched off', () => {
  it.each<[DisabledReason, RegExp]>([
    ['failing', /send it a test/],
    ['gone', /Delete the webhook/],
    ['secret_lost', /Rotate the secret/],
  ])('is an issue, with the way out, when it was for this reason: %s', (reason, wayOut) => {
    const issues = webhookIssues([aWebhook(), aWebhook({ disabled: { at: SINCE, reason } })]);
    const report = reportOf(healthFacts(), (id) => id, SINCE, issues);
    const issue = {
      workspace_id: 'workspace-1',
      connection_id: null,
      calendar_id: null,
      webhook_id: 'webhook-1',
      account_email: null,
      category: 'connection_error',
      severity: 'warning',
      message: expect.stringContaining('switched off'),
      since: '2027-03-10T14:00:00Z',
      resolution: expect.stringMatching(wayOut),
      reauth_url: null,
    };
    expect(healthReportView(report).issues).toEqual([issue]);
    expect(issueExportView(report).issues).toEqual([issue]);
  });

  it('makes no calendar less healthy', () => {
    const issues = webhookIssues([aWebhook({ disabled: { at: SINCE, reason: 'gone' } })]);
    expect(reportOf(healthFacts(), (id) => id, SINCE, issues)).toMatchObject({
      status: 'healthy',
      recommendations: [],
    });
  });
});

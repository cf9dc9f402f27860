import { describe, expect, it } from '@jest/globals';
import type { HealthReportView, IssueView } from '../health-report-view.js';
import { reportText } from './report-text.js';
import { ansi, plain } from '../../shared/text-table.js';

const TOTALS = {
  connections: 1,
  calendars: 2,
  healthy_calendars: 1,
  unhealthy_calendars: 1,
  unknown_calendars: 0,
};

const ISSUE: IssueView = {
  workspace_id: 'w',
  connection_id: 'c',
  calendar_id: 'broken',
  webhook_id: null,
  account_email: 'ada@example.com',
  category: 'permission_error',
  severity: 'warning',
  message: 'Not shared any more.',
  since: '2027-03-10T08:00:00Z',
  resolution: 'Share it again.',
  reauth_url: 'https://example.com/mend',
};

function aReport(differences: Partial<HealthReportView> = {}): HealthReportView {
  const of = { account_email: 'ada@example.com', connection_id: 'c', message: null, since: null };
  return {
    generated_at: '2027-03-10T09:00:00Z',
    status: 'partial',
    totals: {
      ...TOTALS,
      workspaces: 1,
      healthy_workspaces: 0,
      partial_workspaces: 1,
      critical_workspaces: 0,
    },
    workspaces: [
      {
        workspace_id: 'w',
        name: 'Acme',
        status: 'partial',
        totals: TOTALS,
        connections: [],
        calendars: [
          { ...of, calendar_id: 'fine', name: 'Fine', status: 'healthy', category: null, checked_at: null },
          {
            ...of,
            calendar_id: 'broken',
            name: 'Broken',
            status: 'unhealthy',
            category: 'permission_error',
            checked_at: '2027-03-10T09:00:00Z',
          },
        ],
      },
    ],
    issues: [ISSUE],
    recommendations: [
      {
        priority: 1,
        category: 'permission_error',
        message: '1 calendar of ada@example.com cannot be read.',
        action: 'Have it shared again.',
        reauth_url: null,
        affected: { calendars: 1, configurations: 0, upcoming_bookings: 0, last_booking_at: null },
        configurations: [],
      },
    ],
    ...differences,
  };
}

describe('reportText', () => {
  it('shows status, workspaces, issues and what to do', () => {
    expect(reportText(aReport(), false, plain)).toBe(
      `Calendar health: partial (2027-03-10T09:00:00Z)
1 of 2 calendars cannot be read.

WORKSPACE  STATUS   ACCOUNTS  CALENDARS  HEALTHY  UNHEALTHY  UNKNOWN
Acme       partial  1         2          1        1          0

SEVERITY  ACCOUNT          CALENDAR  CATEGORY          SINCE
warning   ada@example.com  Broken    permission_error  2027-03-10T08:00:00Z

WHAT TO DO
1. 1 calendar of ada@example.com cannot be read.
   Have it shared again.
`,
    );
  });

  it('adds every calendar and the way out of each issue when verbose', () => {
    const text = reportText(aReport(), true, plain);
    expect(text).toContain('Acme       ada@example.com  Fine      healthy    -                 never');
    expect(text).toContain('warning: Broken of ada@example.com, permission_error since 2027-03-10T08:00:00Z');
    expect(text).toContain('  Not shared any more.\n  Share it again.\n  https://example.com/mend\n');
  });

  it('is short when nothing is connected', () => {
    const totals = { ...aReport().totals, calendars: 0, unhealthy_calendars: 0 };
    const nothing = aReport({ status: 'healthy', totals, workspaces: [], issues: [], recommendations: [] });
    expect(reportText(nothing, true, plain)).toBe(
      'Calendar health: healthy (2027-03-10T09:00:00Z)\nNo calendar is connected.\n',
    );
  });

  it('says how many calendars nobody has checked yet', () => {
    const totals = { ...aReport().totals, unhealthy_calendars: 0, unknown_calendars: 2 };
    expect(reportText(aReport({ totals }), false, plain)).toContain(
      'No failures among 2 calendars, 2 not checked yet.',
    );
  });

  it('says so when an issue is about no single calendar', () => {
    expect(reportText(aReport({ issues: [{ ...ISSUE, calendar_id: null }] }), false, plain)).toContain(
      '(whole account)',
    );
  });

  it('names the webhook that an issue is about', () => {
    const issue = {
      ...ISSUE,
      connection_id: null,
      calendar_id: null,
      account_email: null,
      webhook_id: 'hook',
    };
    const report = aReport({ issues: [{ ...issue, reauth_url: null, category: 'connection_error' }] });
    expect(reportText(report, false, plain)).toContain('warning   -        webhook hook  connection_error');
    expect(reportText(report, true, plain)).toContain('warning: webhook hook, connection_error since');
  });

  it('shows colours only when it is given them', () => {
    expect(reportText(aReport(), true, plain)).not.toContain('\u001b');
    expect(reportText(aReport(), true, ansi)).toContain('\u001b[33mpartial\u001b[0m');
  });
});

import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { aConnection, aLastError } from '../../test/support/a-connection.js';
import { aRecord } from '../../test/support/a-record.js';
import { aWorkspace } from '../../test/support/a-workspace.js';
import { aFault, aVerdict, healthFacts } from '../../test/support/health-facts.js';
import type { HealthFacts } from './health-facts.js';
import { reportOf } from './calendar-health-report.js';
import { listCalendars } from './calendar-listing.js';
import {
  calendarRowView,
  overviewView,
  workspaceOverviewView,
  workspaceRowView,
} from './health-overview-view.js';
import type { ListWish } from './listing.js';
import type { HealthPicture } from './recent-health.js';
import { serviceLevelOf } from './service-level.js';
import { listWorkspaces } from './workspace-listing.js';

const HOUR_MS = 3_600_000;
const HALF = serviceLevelOf([aRecord({ observedMs: 2 * HOUR_MS, downtimeMs: HOUR_MS })], 2 * HOUR_MS, 0.999);
const TREND = { generatedAt: 9000, zone: 'UTC', step: '1d', points: [] };

const acme = aWorkspace({ id: 'acme', name: 'Acme', timezone: 'Europe/Berlin' });
const bolt = aWorkspace({ id: 'bolt', name: 'Bolt' });
const ada = aConnection({ id: 'ada', workspaceId: 'acme', accountEmail: 'ada@example.com' });
const grace = aConnection({
  id: 'grace',
  workspaceId: 'bolt',
  accountEmail: 'grace@example.com',
  authStatus: 'needs_reauth',
  lastError: aLastError(),
});
const EXPIRED = aFault({
  category: 'expired_tokens',
  code: 'invalid_grant',
  actor: 'user',
  stopsConnection: true,
});

function picture(differences: Partial<HealthFacts> = {}): HealthPicture {
  const facts = healthFacts({
    workspaces: [acme, bolt],
    connections: [ada, grace],
    verdicts: [aVerdict('a1', ada), aVerdict('a2', ada, aFault()), aVerdict('g1', grace, EXPIRED)],
    configurations: [aConfiguration({ calendarId: 'a1' })],
    ...differences,
  });
  const report = reportOf(facts, (id) => `https://slots.example/reauthorize?link=${id}`, 9000);
  const levels = {
    generatedAt: 9000,
    window: { startAt: 0, endAt: 9000 },
    target: 0.999,
    total: HALF,
    workspaces: [{ workspace: acme, level: HALF }],
    calendars: [],
  };
  return {
    report,
    levels,
    calendars: listCalendars(report, new Map([['a2', HALF]])),
    workspaces: listWorkspaces(report.workspaces, new Map([['acme', HALF]])),
  };
}

const USUAL = {
  search: '',
  status: null,
  sort: 'status',
  descending: false,
  limit: 50,
  cursor: null,
} as const;

function rows(differences: Partial<ListWish<'healthy' | 'unhealthy' | 'unknown', 'status'>> = {}): string[] {
  return picture()
    .calendars.page({ ...USUAL, ...differences })
    .items.map(({ id }) => id);
}

describe('the overview', () => {
  it('tells of all workspaces together, with what to do first', () => {
    const view = overviewView(picture(), TREND, null);
    expect(view).toMatchObject({
      status: 'critical',
      needs_reauth_connections: 1,
      issue_count: 2,
      critical_issue_count: 1,
      checked_calendars: null,
      level: { availability: 0.5, error_budget_remaining: -499 },
      totals: { workspaces: 2, unhealthy_calendars: 2 },
      recommendation_count: 2,
    });
    expect(view.recommendations[0]?.reauth_url).toBe('https://slots.example/reauthorize?link=grace');
  });

  it('counts what was checked since a time, and names the check longest ago', () => {
    const at = (calendarId: string, checkedAt: number) => {
      const verdict = aVerdict(calendarId, ada);
      const health = { ...verdict.calendar.health, checkedAt };
      return { ...verdict, calendar: { ...verdict.calendar, health } };
    };
    const verdicts = [at('a1', 1000), at('a2', 2000), at('a3', 3000)];
    const view = overviewView(picture({ verdicts }), TREND, 2000);
    expect(view).toMatchObject({ checked_calendars: 2, oldest_check_at: '1970-01-01T00:00:01Z' });
  });

  it('of a workspace is about that one alone', () => {
    const view = workspaceOverviewView(picture(), 'bolt', null);
    expect(view).toMatchObject({
      name: 'Bolt',
      status: 'critical',
      needs_reauth_connections: 1,
      totals: { calendars: 1, connections: 1 },
      level: { availability: null },
      issues: [{ calendar_id: 'g1', reauth_url: 'https://slots.example/reauthorize?link=grace' }],
    });
    expect(workspaceOverviewView(picture(), 'nobody', null)).toBeNull();
  });

  it('of a workspace tells what has the same cause once', () => {
    const verdicts = [aVerdict('g1', grace, EXPIRED), aVerdict('g2', grace, EXPIRED)];
    expect(workspaceOverviewView(picture({ verdicts }), 'bolt', null)).toMatchObject({
      issue_count: 2,
      shared_issue_count: 1,
      issues: [{ calendar_id: 'g1', count: 2 }],
    });
  });

  it('lists calendars with what fails first, and the link that mends it', () => {
    expect(rows()).toEqual(['a2', 'g1', 'a1']);
    const { items } = picture().calendars.page(USUAL);
    expect(items.map(calendarRowView)).toMatchObject([
      { calendar_id: 'a2', workspace_name: 'Acme', reauth_url: null, availability: 0.5 },
      { calendar_id: 'g1', workspace_name: 'Bolt', category: 'expired_tokens', availability: null },
      { calendar_id: 'a1', status: 'healthy', reauth_url: null },
    ]);
    expect(items[1]?.reauthUrl).toMatch(/link=grace$/);
  });

  it('finds a calendar by its account and by its workspace', () => {
    expect(rows({ search: 'GRACE@' })).toEqual(['g1']);
    expect(rows({ search: 'acme', status: 'healthy' })).toEqual(['a1']);
  });

  it('lists workspaces with the worst first, and finds them by what is in them', () => {
    const { workspaces } = picture();
    expect(workspaces.page(USUAL).items.map(workspaceRowView)).toMatchObject([
      { name: 'Bolt', status: 'critical', needs_reauth_connections: 1, availability: null },
      { name: 'Acme', status: 'partial', calendars: 2, availability: 0.5 },
    ]);
    expect(workspaces.page({ ...USUAL, search: 'grace' }).items.map(({ id }) => id)).toEqual(['bolt']);
  });
});

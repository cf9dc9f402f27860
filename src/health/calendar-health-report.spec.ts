import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aConnection, aLastError } from '../../test/support/a-connection.js';
import { aWorkspace } from '../../test/support/a-workspace.js';
import { aFault, aVerdict, healthFacts } from '../../test/support/health-facts.js';
import { reportOf, type HealthReport } from './calendar-health-report.js';
import type { CalendarVerdict } from './calendar-verdict.js';

type Status = CalendarVerdict['status'];

function verdicts(workspaceId: string, counts: Partial<Record<Status, number>>): CalendarVerdict[] {
  const fault = aFault({ category: 'connection_error' });
  const statuses: Status[] = ['healthy', 'unhealthy', 'unknown'];
  return statuses.flatMap((status) =>
    Array.from({ length: counts[status] ?? 0 }, (_, index) => ({
      calendar: aCalendar({ id: `${workspaceId} ${status} ${index}`, workspaceId }),
      connection: aConnection({ id: workspaceId, workspaceId }),
      status,
      fault: status === 'unhealthy' ? fault : null,
    })),
  );
}

function report(workspaces: Readonly<Record<string, Partial<Record<Status, number>>>>): HealthReport {
  const ids = Object.keys(workspaces);
  const facts = healthFacts({
    workspaces: ids.map((id) => aWorkspace({ id })),
    connections: ids.map((id) => aConnection({ id, workspaceId: id })),
    verdicts: Object.entries(workspaces).flatMap(([id, counts]) => verdicts(id, counts)),
  });
  return reportOf(facts, (id) => id, 5000);
}

describe('reportOf', () => {
  it.each([
    [0, 4, 'healthy'],
    [1, 3, 'partial'],
    [2, 2, 'partial'],
    [3, 1, 'critical'],
    [4, 0, 'critical'],
    [1, 0, 'critical'],
    [0, 0, 'healthy'],
  ])('with %i failing and %i healthy calendars, a workspace is %s', (unhealthy, healthy, status) => {
    const { workspaces, status: overall } = report({ acme: { unhealthy, healthy } });
    expect(workspaces[0]?.status).toBe(status);
    expect(overall).toBe(status);
  });

  it('counts calendars that were never checked as not failing, and not as healthy', () => {
    const { workspaces, totals } = report({ acme: { unhealthy: 1, unknown: 1 } });
    expect(workspaces[0]).toMatchObject({
      status: 'partial',
      totals: { calendars: 2, healthyCalendars: 0, unhealthyCalendars: 1, unknownCalendars: 1 },
    });
    expect(totals.unknownCalendars).toBe(1);
  });

  it('adds up the workspaces, and judges all calendars together', () => {
    const { status, totals, issues, recommendations, generatedAt } = report({
      fine: { healthy: 5 },
      half: { healthy: 1, unhealthy: 1 },
      dead: { unhealthy: 1 },
      empty: {},
    });
    expect(status).toBe('partial');
    expect(totals).toEqual({
      workspaces: 4,
      connections: 4,
      calendars: 8,
      healthyCalendars: 6,
      unhealthyCalendars: 2,
      unknownCalendars: 0,
      healthyWorkspaces: 2,
      partialWorkspaces: 1,
      criticalWorkspaces: 1,
    });
    expect(issues).toHaveLength(2);
    expect(recommendations).toHaveLength(2);
    expect(generatedAt).toBe(5000);
  });

  it('gives each workspace its own calendars and connections only', () => {
    const { workspaces } = report({ a: { healthy: 2 }, b: { unhealthy: 1 } });
    expect(workspaces.map(({ workspace, calendars }) => [workspace.id, calendars.length])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(workspaces.map(({ totals }) => totals.connections)).toEqual([1, 1]);
  });

  it.each([
    [0, 'healthy'],
    [1, 'partial'],
    [2, 'partial'],
    [3, 'critical'],
    [4, 'critical'],
  ])('with %i failing of its four calendars, a connection is %s', (unhealthy, status) => {
    const { workspaces } = report({ acme: { unhealthy, healthy: 4 - unhealthy } });
    expect(workspaces[0]?.connections).toMatchObject([
      { status, totals: { calendars: 4, unhealthyCalendars: unhealthy, healthyCalendars: 4 - unhealthy } },
    ]);
  });

  it('calls a connection critical that stands still, also without calendars', () => {
    const stopped = aConnection({ workspaceId: 'a', authStatus: 'needs_reauth', lastError: aLastError() });
    const facts = healthFacts({ workspaces: [aWorkspace({ id: 'a' })], connections: [stopped] });
    const { workspaces } = reportOf(facts, (id) => id, 0);
    expect(workspaces[0]?.connections).toMatchObject([{ status: 'critical', totals: { calendars: 0 } }]);
  });

  it('shows a disconnected account only where its calendars are still in use', () => {
    const [used, unused] = ['used', 'unused'].map((id) =>
      aConnection({ id, workspaceId: 'a', authStatus: 'disconnected' }),
    );
    if (used === undefined || unused === undefined) throw new Error('two connections');
    const facts = healthFacts({
      workspaces: [aWorkspace({ id: 'a' })],
      connections: [used, unused],
      verdicts: [aVerdict('b', used, aFault())],
    });
    const { workspaces } = reportOf(facts, (id) => id, 0);
    expect(workspaces[0]?.connections.map(({ connection }) => connection.id)).toEqual(['used']);
  });

  it('stays healthy when an authorization is about to end', () => {
    const connection = aConnection({ workspaceId: 'a', authorizationEndsAt: 5000 });
    const facts = healthFacts({
      workspaces: [aWorkspace({ id: 'a' })],
      connections: [connection],
      verdicts: [aVerdict('works', connection)],
    });
    const { status, totals, issues, recommendations } = reportOf(facts, (id) => id, 4000);
    expect({ status, unhealthy: totals.unhealthyCalendars }).toEqual({ status: 'healthy', unhealthy: 0 });
    expect(issues).toHaveLength(1);
    expect(recommendations).toHaveLength(1);
  });

  it('does not count disconnected accounts as connections', () => {
    const facts = healthFacts({
      workspaces: [aWorkspace({ id: 'a' })],
      connections: [
        aConnection({ workspaceId: 'a' }),
        aConnection({ workspaceId: 'a', authStatus: 'disconnected' }),
      ],
    });
    expect(reportOf(facts, (id) => id, 0).totals.connections).toBe(1);
  });
});

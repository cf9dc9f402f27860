import type { Connection } from '../oauth/connection.js';
import type { TestingSigns } from '../oauth/testing-status.js';
import { accountNames } from './account-names.js';
import { dependence, todayOf } from './affected.js';
import type { CalendarIssue } from './calendar-issues.js';
import type { Dependents, Finding } from './finding.js';

const ACTION =
  'Publish the OAuth client (set its publishing status to In production) in the Google Cloud console; then the affected accounts re-authorize once.';

/**
 * What the operator should do when authorizations end seven days after the consent: the cause behind the single
 * re-authorizations, which would otherwise come back every week. At most one.
 *
 * @see https://developers.google.com/identity/protocols/oauth2#expiration
 */
export function publishTheClient(issues: readonly CalendarIssue[], facts: Dependents): Finding[] {
  const ids = new Set([...facts.testing.lost, ...facts.testing.announced]);
  if (ids.size === 0) return [];
  const calendars = facts.verdicts.filter(({ connection }) => ids.has(connection.id));
  const affected = facts.affectedBy(new Set(calendars.map(({ calendar }) => calendar.id)));
  const today = todayOf(
    calendars.map(({ connection }) => connection.workspaceId),
    facts,
  );
  const explained = issues.filter(
    ({ connection, fault }) => ids.has(connection.id) && fault.category === 'expired_tokens',
  );
  return [
    {
      isCritical: explained.some(({ severity }) => severity === 'critical'),
      category: 'expired_tokens',
      message: `${lapse(facts.connections, facts.testing)}; ${dependence(affected, 'them', today)}`,
      action: ACTION,
      reauthUrl: null,
      affected,
    },
  ];
}

function lapse(connections: readonly Connection[], { lost, announced }: TestingSigns): string {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  const named = (ids: readonly string[]): string => accountNames(ids.flatMap((id) => byId.get(id) ?? []));
  const parts = [
    ...(lost.length > 0 ? [`${named(lost)} lost`] : []),
    ...(announced.length > 0 ? [`${named(announced)} will lose`] : []),
  ];
  return `${parts.join(', ')} their authorization seven days after consent, as Google ends it while the OAuth client is in testing`;
}

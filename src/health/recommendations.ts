import { grouped } from '../shared/grouped.js';
import { accountNames } from './account-names.js';
import { affectedIn, byExtent, counted, dependence, todayOf } from './affected.js';
import type { CalendarIssue } from './calendar-issues.js';
import { AUTHORIZATION_ENDING } from './ending-authorization.js';
import { adviceFor } from './fault-advice.js';
import type { Dependents, Finding } from './finding.js';
import type { HealthFacts } from './health-facts.js';
import { publishTheClient } from './publish-the-client.js';

/** One thing to do, for all issues that have the same cause. */
export interface Recommendation extends Omit<Finding, 'isCritical'> {
  /** 1 is the most urgent. */
  readonly priority: number;
}

/**
 * By urgency: what stops bookings first, then by the number of bookings, configurations and calendars. What
 * explains others affects at least as much as each of them, and so comes before them.
 */
export function recommendationsFor(issues: readonly CalendarIssue[], stored: HealthFacts): Recommendation[] {
  const facts = { ...stored, affectedBy: affectedIn(stored) };
  const findings = [...grouped(issues, causeOf).values()].map((group) => findingOf(group, facts));
  return [...publishTheClient(issues, facts), ...findings]
    .sort((a, b) => Number(b.isCritical) - Number(a.isCritical) || byExtent(a.affected, b.affected))
    .map(({ isCritical: _, ...finding }, index) => ({ priority: index + 1, ...finding }));
}

/** One mend of the operator's serves every account; everything else is one account's. */
function causeOf({ fault, connection }: CalendarIssue): string {
  const mend = `${fault.category} ${adviceFor(fault).resolution}`;
  return fault.actor === 'operator' ? mend : `${mend} ${connection.id}`;
}

function findingOf(group: readonly CalendarIssue[], facts: Dependents): Finding {
  const [first] = group;
  if (first === undefined) throw new Error('A recommendation needs an issue.');
  const { fault } = first;
  const affected = facts.affectedBy(calendarsOf(group, facts));
  const today = todayOf(
    group.map(({ connection }) => connection.workspaceId),
    facts,
  );
  const accounts = accountNames(group.map(({ connection }) => connection));
  const isEnding = fault.code === AUTHORIZATION_ENDING;
  const them = isEnding || affected.calendars === 1 ? 'it' : 'them';
  const what = isEnding ? `The authorization of ${accounts} runs out` : outage(affected.calendars, accounts);
  return {
    isCritical: group.some(({ severity }) => severity === 'critical'),
    category: fault.category,
    message: `${what}; ${dependence(affected, them, today)}`,
    action: adviceFor(fault).action(accounts),
    // All of one account's issues have the same link.
    reauthUrl: fault.actor === 'operator' ? null : first.reauthUrl,
    affected,
  };
}

/** An issue about no single calendar is about all of the account's. */
function calendarsOf(group: readonly CalendarIssue[], { verdicts }: Dependents): ReadonlySet<string> {
  const named = group.flatMap(({ calendarId }) => calendarId ?? []);
  const whole = new Set(
    group.flatMap(({ calendarId, connection }) => (calendarId === null ? connection.id : [])),
  );
  const others = whole.size === 0 ? [] : verdicts.filter(({ connection }) => whole.has(connection.id));
  return new Set([...named, ...others.map(({ calendar }) => calendar.id)]);
}

function outage(calendars: number, accounts: string): string {
  if (calendars === 0) return `Nothing can be read of ${accounts}`;
  return `${counted(calendars, 'calendar')} of ${accounts} cannot be read`;
}

import { calendarIdsOf } from '../configurations/configuration.js';
import type { FailureCategory } from '../shared/failure.js';
import { grouped } from '../shared/grouped.js';
import type { CalendarIssue } from './calendar-issues.js';
import { adviceFor } from './fault-advice.js';
import type { HealthFacts } from './health-facts.js';

export interface Affected {
  readonly calendars: number;
  readonly configurations: number;
  readonly upcomingBookings: number;
}

/** One thing to do, for all issues that have the same cause. */
export interface Recommendation {
  /** 1 is the most urgent. */
  readonly priority: number;
  readonly category: FailureCategory;
  readonly message: string;
  readonly action: string;
  readonly affected: Affected;
}

type Dependents = Pick<HealthFacts, 'configurations' | 'upcoming'>;

/** By urgency: what stops bookings first, then by the number of bookings, configurations and calendars. */
export function recommendationsFor(issues: readonly CalendarIssue[], facts: Dependents): Recommendation[] {
  return [...grouped(issues, causeOf).values()]
    .map((group) => ({ group, affected: affectedBy(group, facts) }))
    .sort((a, b) => criticalFirst(a.group, b.group) || larger(a.affected, b.affected))
    .map(({ group, affected }, index) => ({ priority: index + 1, ...advised(group, affected) }));
}

/** One mend of the operator's serves every account; everything else is one account's. */
function causeOf({ fault, connection }: CalendarIssue): string {
  return fault.actor === 'operator' ? fault.category : `${fault.category} ${connection.id}`;
}

function affectedBy(group: readonly CalendarIssue[], { configurations, upcoming }: Dependents): Affected {
  const ids = new Set(group.flatMap(({ calendarId }) => calendarId ?? []));
  return {
    calendars: ids.size,
    configurations: configurations.filter((one) => calendarIdsOf(one).some((id) => ids.has(id))).length,
    upcomingBookings: [...ids].reduce((sum, id) => sum + (upcoming.get(id) ?? 0), 0),
  };
}

function criticalFirst(a: readonly CalendarIssue[], b: readonly CalendarIssue[]): number {
  const calm = (group: readonly CalendarIssue[]): boolean =>
    group.every(({ severity }) => severity === 'warning');
  return Number(calm(a)) - Number(calm(b));
}

function larger(a: Affected, b: Affected): number {
  return (
    b.upcomingBookings - a.upcomingBookings ||
    b.configurations - a.configurations ||
    b.calendars - a.calendars
  );
}

function advised(
  group: readonly CalendarIssue[],
  affected: Affected,
): Pick<Recommendation, 'category' | 'message' | 'action' | 'affected'> {
  const [first] = group;
  if (first === undefined) throw new Error('A recommendation needs an issue.');
  const { fault } = first;
  const emails = [...new Set(group.map(({ connection }) => connection.accountEmail))];
  const accounts = emails.length === 1 ? first.connection.accountEmail : `${emails.length} accounts`;
  return {
    category: fault.category,
    message: `${outage(affected.calendars, accounts)}${dependence(affected)}`,
    action: adviceFor(fault).action(accounts),
    affected,
  };
}

function outage(calendars: number, accounts: string): string {
  if (calendars === 0) return `Nothing can be read of ${accounts}`;
  return `${counted(calendars, 'calendar')} of ${accounts} cannot be read`;
}

function dependence({ calendars, configurations, upcomingBookings }: Affected): string {
  const them = calendars === 1 ? 'it' : 'them';
  if (configurations + upcomingBookings === 0) return `; nothing depends on ${them} now.`;
  const bookings = counted(upcomingBookings, 'upcoming booking');
  return `; ${counted(configurations, 'configuration')} and ${bookings} depend on ${them}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import { calendarIdsOf, type Configuration } from '../configurations/configuration.js';
import { formatDate, localDayOf, weekdayOf, type Instant } from '../shared/time.js';
import type { Workspace } from '../workspaces/workspace.js';
import type { HealthFacts } from './health-facts.js';

/** What depends on calendars that fail, or may soon. */
export interface Affected {
  readonly calendars: number;
  readonly configurations: readonly Configuration[];
  readonly upcomingBookings: number;
  /** When the last of these bookings starts. */
  readonly lastBookingAt: Instant | null;
}

/** For any number of questions about the same facts. */
export function affectedIn({
  configurations,
  upcoming,
}: Pick<HealthFacts, 'configurations' | 'upcoming'>): (calendarIds: ReadonlySet<string>) => Affected {
  const users = new Map<string, Set<Configuration>>();
  for (const configuration of configurations)
    for (const id of calendarIdsOf(configuration))
      users.set(id, (users.get(id) ?? new Set()).add(configuration));
  return (calendarIds) => {
    const ids = [...calendarIds];
    const bookings = ids.flatMap((id) => upcoming.get(id) ?? []);
    return {
      calendars: ids.length,
      configurations: [...new Set(ids.flatMap((id) => [...(users.get(id) ?? [])]))],
      upcomingBookings: bookings.reduce((sum, { count }) => sum + count, 0),
      lastBookingAt: bookings.length === 0 ? null : Math.max(...bookings.map(({ lastAt }) => lastAt)),
    };
  };
}

/** For sorting: what most bookings, then configurations, then calendars depend on comes first. */
export function byExtent(a: Affected, b: Affected): number {
  return (
    b.upcomingBookings - a.upcomingBookings ||
    b.configurations.length - a.configurations.length ||
    b.calendars - a.calendars
  );
}

/** Whose calendar tells the days in a sentence, and which day is today. */
export interface Today {
  readonly now: Instant;
  readonly zone: string;
}

/** In the zone of the workspace that all are of; nobody's when there are several. */
export function todayOf(
  workspaceIds: readonly string[],
  { workspaces, now }: { readonly workspaces: readonly Workspace[]; readonly now: Instant },
): Today {
  const [only, ...others] = new Set(workspaceIds);
  const zone = others.length > 0 ? undefined : workspaces.find(({ id }) => id === only)?.timezone;
  return { now, zone: zone ?? 'UTC' };
}

/** The second half of a sentence. @param them what the first half was about, as a pronoun */
export function dependence(affected: Affected, them: 'it' | 'them', today: Today): string {
  const { configurations, upcomingBookings, lastBookingAt } = affected;
  if (configurations.length + upcomingBookings === 0) return `nothing depends on ${them} now.`;
  const until = lastBookingAt === null ? '' : ` ${lastDay(lastBookingAt, today)}`;
  const bookings = counted(upcomingBookings, 'upcoming booking') + until;
  return `${counted(configurations.length, 'configuration')} and ${bookings} depend on ${them}.`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** A weekday's name means the next such day, so that it says nothing from a week ahead on. */
function lastDay(at: Instant, { now, zone }: Today): string {
  const day = localDayOf(at, zone);
  const ahead = day - localDayOf(now, zone);
  if (ahead <= 0) return 'today';
  return `until ${(ahead < 7 ? WEEKDAYS[weekdayOf(day)] : null) ?? formatDate(day)}`;
}

import { calendarIdsOf } from '../configurations/configuration.js';
import type { HealthFacts } from './health-facts.js';

/** What depends on calendars that fail, or may soon. */
export interface Affected {
  readonly calendars: number;
  readonly configurations: number;
  readonly upcomingBookings: number;
}

export function affectedBy(
  calendarIds: ReadonlySet<string>,
  { configurations, upcoming }: Pick<HealthFacts, 'configurations' | 'upcoming'>,
): Affected {
  return {
    calendars: calendarIds.size,
    configurations: configurations.filter((one) => calendarIdsOf(one).some((id) => calendarIds.has(id)))
      .length,
    upcomingBookings: [...calendarIds].reduce((sum, id) => sum + (upcoming.get(id) ?? 0), 0),
  };
}

/** For sorting: what most bookings, then configurations, then calendars depend on comes first. */
export function byExtent(a: Affected, b: Affected): number {
  return (
    b.upcomingBookings - a.upcomingBookings ||
    b.configurations - a.configurations ||
    b.calendars - a.calendars
  );
}

/** The second half of a sentence. @param them what the first half was about, as a pronoun */
export function dependence({ configurations, upcomingBookings }: Affected, them: 'it' | 'them'): string {
  if (configurations + upcomingBookings === 0) return `nothing depends on ${them} now.`;
  const bookings = counted(upcomingBookings, 'upcoming booking');
  return `${counted(configurations, 'configuration')} and ${bookings} depend on ${them}.`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

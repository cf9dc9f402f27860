import { Bookability } from '../../src/availability/bookability.js';
import { CheckAvailability, type Availability } from '../../src/availability/check-availability.js';
import { SlotResearch } from '../../src/availability/slot-research.js';
import type { Calendar } from '../../src/calendars/calendar.js';
import type { Configuration } from '../../src/configurations/configuration.js';
import type { Connection } from '../../src/oauth/connection.js';
import { utcDayOf } from '../../src/shared/time.js';
import { InMemoryClaimedTimes } from '../fakes/in-memory-claimed-times.js';
import { InMemoryConfigurations } from '../fakes/in-memory-configurations.js';
import { aConfiguration } from './a-configuration.js';
import { calendarBench, MONDAY_AT_EIGHT } from './calendar-bench.js';

export const MONDAY = utcDayOf(MONDAY_AT_EIGHT);
const NAMES = ['Main', 'Calendar A', 'Calendar B', 'Calendar C', 'Calendar D'];

/**
 * The default fixture of the fault matrix over fakes: one configuration over calendars on as many connections,
 * "Main" is booked into; nine to five on workdays in UTC, half an hour. It is Monday, eight in the morning.
 */
export async function availabilityBench(differences: Partial<Configuration> = {}, size = 5) {
  const bench = calendarBench();
  const connections: Connection[] = [];
  const calendars: Calendar[] = [];
  for (const [n, name] of NAMES.slice(0, size).entries()) {
    const connection = await bench.connect(`owner${n}@example.com`);
    connections.push(connection);
    calendars.push(bench.calendarOf(connection, `owner${n}@example.com`, name));
  }
  const configurations = new InMemoryConfigurations(bench.ids, bench.clock);
  const calendarIds = calendars.map(({ id }) => id);
  const configuration = configurations.given(
    aConfiguration({ calendarId: calendarIds[0] ?? '', conflictCalendarIds: calendarIds, ...differences }),
  );
  const claimed = new InMemoryClaimedTimes();
  const research = new SlotResearch(bench.readBusy, claimed);
  const bookability = new Bookability(bench.connections, bench.clock, bench.config);
  const useCase = new CheckAvailability(configurations, bench.calendars, research, bookability, bench.clock);

  return {
    ...bench,
    owners: connections,
    fixture: calendars,
    configuration,
    configurations,
    claimed,
    research,
    bookability,
    /** Days are counted from Monday. */
    check: (first = 0, last = first, durationMinutes: number | null = null): Promise<Availability> =>
      useCase.execute(configuration.id, 'all', {
        firstDay: MONDAY + first,
        lastDay: MONDAY + last,
        durationMinutes,
      }),
    useCase,
  };
}

export type AvailabilityBench = Awaited<ReturnType<typeof availabilityBench>>;

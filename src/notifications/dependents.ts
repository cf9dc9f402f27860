import { Injectable } from '@nestjs/common';
import { Bookings } from '../booking/bookings.js';
import { Calendars } from '../calendars/calendars.js';
import { Configurations } from '../configurations/configurations.js';

/** What depends on an account. */
export interface Dependents {
  /** Names of the configurations that check or write to its calendars. */
  readonly configurations: readonly string[];
  readonly upcomingBookings: number;
}

@Injectable()
export class FindDependents {
  constructor(
    private readonly calendars: Calendars,
    private readonly configurations: Configurations,
    private readonly bookings: Bookings,
  ) {}

  async execute(connectionId: string): Promise<Dependents> {
    const ids = (await this.calendars.ofConnections([connectionId])).map(({ id }) => id);
    const [configurations, upcoming] = await Promise.all([
      this.configurations.ofCalendars(ids),
      this.bookings.countUpcoming(ids),
    ]);
    const counts = [...upcoming.values()].map(({ count }) => count);
    return {
      configurations: configurations.map(({ name }) => name),
      upcomingBookings: counts.reduce((sum, count) => sum + count, 0),
    };
  }
}

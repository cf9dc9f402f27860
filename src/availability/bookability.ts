import { Injectable } from '@nestjs/common';
import type { Calendar } from '../calendars/calendar.js';
import { type Configuration } from '../configurations/configuration.js';
import { standingFailure } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';

/** What stands between a free slot and a booking. */
@Injectable()
export class Bookability {
  constructor(
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Read after the calendars were: the connection may have ended just then. */
  async requiresReauth({ calendarId }: Configuration, calendars: readonly Calendar[]): Promise<boolean> {
    const calendar = calendars.find(({ id }) => id === calendarId);
    const connection = calendar && (await this.connections.find(calendar.connectionId, 'all'));
    return !connection || standingFailure(connection) !== null;
  }

  deadline(): Deadline {
    return Deadline.in(this.config.providerDeadlineMs, this.clock);
  }
}

import { Injectable } from '@nestjs/common';
import { OperatorAlerts } from '../oauth/operator-alerts.js';
import { factsOf, type Failure } from '../shared/failure.js';
import { grouped } from '../shared/grouped.js';
import { Log } from '../shared/log.js';
import type { BusyRead } from './calendar-provider.js';

/** An account may have hundreds of calendars; a log line stays short all the same. */
const NAMED = 20;

/** Tells which calendars could not be read: one line per connection and cause, and the operator once. */
@Injectable()
export class UnreadCalendars {
  constructor(
    private readonly alerts: OperatorAlerts,
    private readonly log: Log,
  ) {}

  /** A connection that waits for somebody has been reported already, and would be at every request. */
  async tell(connectionId: string, reads: ReadonlyMap<string, BusyRead>): Promise<void> {
    const unread = [...reads].flatMap(([id, { failure }]) => (failure === null ? [] : { id, failure }));
    const news = unread.filter(({ failure }) => !failure.needsReauth);
    for (const group of grouped(news, ({ failure }) => causeOf(failure)).values()) {
      const [first] = group;
      if (first === undefined) continue;
      await this.alerts.raise(first.failure, connectionId);
      this.log.warn('calendars.unread', first.failure.message, {
        connection_id: connectionId,
        calendars: group.length,
        calendar_id: group
          .slice(0, NAMED)
          .map(({ id }) => id)
          .join(','),
        ...factsOf(first.failure),
      });
    }
  }
}

function causeOf(failure: Failure): string {
  return JSON.stringify([failure.message, factsOf(failure)]);
}

import { Injectable } from '@nestjs/common';
import { OperatorAlerts } from '../oauth/operator-alerts.js';
import { grouped } from '../shared/grouped.js';
import { Log } from '../shared/log.js';
import type { BusyRead } from './calendar-provider.js';

/** Tells which calendars could not be read: one line per connection and cause, and the operator once. */
@Injectable()
export class UnreadCalendars {
  constructor(
    private readonly alerts: OperatorAlerts,
    private readonly log: Log,
  ) {}

  /** A connection that waits for somebody has been reported already, and would be at every request. */
  async tell(connectionId: string, reads: ReadonlyMap<string, BusyRead>): Promise<void> {
    for (const [failure, unread] of grouped([...reads], ([, read]) => read.failure)) {
      if (failure === null || failure.needsReauth) continue;
      await this.alerts.raise(failure, connectionId);
      this.log.warn('calendars.unread', failure.message, {
        connection_id: connectionId,
        calendar_id: unread.map(([id]) => id).join(','),
        class: failure.category,
        code: failure.code,
        upstream_status: failure.httpStatus,
      });
    }
  }
}

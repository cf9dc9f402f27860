import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Config } from '../shared/config.js';
import type { Deadline } from '../shared/deadline.js';
import type { Calendar } from './calendar.js';
import { CalendarProvider } from './calendar-provider.js';
import { Calendars } from './calendars.js';
import { ProviderCalls } from './provider-calls.js';

/** Brings our list of an account's calendars up to the provider's. */
@Injectable()
export class SyncCalendars {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly calendars: Calendars,
    private readonly config: Config,
  ) {}

  /** The account's present calendars. @throws ProviderError the list could not be read; nothing is changed */
  async execute({ id: connectionId, workspaceId }: Connection, deadline: Deadline): Promise<Calendar[]> {
    const limits = { deadline, priority: 'request', attemptMs: this.config.providerTimeoutMs } as const;
    const remote = await this.calls.repeatable(connectionId, limits, (access) =>
      this.provider.calendars(access),
    );
    return this.calendars.sync({ connectionId, workspaceId }, remote);
  }
}

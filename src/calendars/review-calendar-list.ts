import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import type { Calendar } from './calendar.js';
import { CalendarProvider, type RemoteCalendar } from './calendar-provider.js';
import { Calendars } from './calendars.js';
import { ProviderCalls, type CallLimits } from './provider-calls.js';

/** Looks whether an account's list of calendars can be read, and takes it over where it changed. */
@Injectable()
export class ReviewCalendarList {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly calls: ProviderCalls,
    private readonly calendars: Calendars,
  ) {}

  /** `known`: the account's active calendars. Answers why the list could not be read; null: it could. */
  async execute(
    { id: connectionId, workspaceId }: Connection,
    known: readonly Calendar[],
    limits: CallLimits,
  ): Promise<Failure | null> {
    try {
      const remote = await this.calls.repeatable(connectionId, limits, (access) =>
        this.provider.calendars(access),
      );
      if (isNews(remote, known)) await this.calendars.sync({ connectionId, workspaceId }, remote);
      return null;
    } catch (error) {
      if (error instanceof ProviderError) return error.failure;
      throw error;
    }
  }
}

/** Every account has its primary calendar: an empty list is an answer that nobody should act on unasked. */
function isNews(remote: readonly RemoteCalendar[], known: readonly Calendar[]): boolean {
  if (remote.length === 0) return false;
  const byId = new Map(known.map((calendar) => [calendar.externalId, calendar]));
  return remote.length !== known.length || remote.some((one) => !isSame(one, byId.get(one.externalId)));
}

function isSame(remote: RemoteCalendar, known: Calendar | undefined): boolean {
  return (
    remote.name === known?.name &&
    remote.timezone === known.timezone &&
    remote.accessRole === known.accessRole &&
    remote.primary === known.primary
  );
}

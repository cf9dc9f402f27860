import { Secret } from '../../src/shared/secret.js';
import { InMemoryCalendarProvider } from '../fakes/in-memory-calendar-provider.js';
import { aFailure } from '../support/a-failure.js';
import { calendarProviderContract, type ProviderWorld } from './calendar-provider.contract.js';
import { googleWorld } from './google-world.js';

async function inMemoryWorld(): Promise<ProviderWorld> {
  const provider = new InMemoryCalendarProvider();
  return {
    provider,
    access: { accessToken: new Secret('token'), signal: new AbortController().signal },
    addCalendar: (calendar) => provider.given(calendar),
    removeCalendar: (id) => provider.removeCalendar(id),
    addEvent: (calendarId, time) => provider.givenBusy(calendarId, time),
    revokeAccess: () => provider.revokeAccess(),
    obscure: (calendarId) =>
      provider.stumble(calendarId, aFailure({ code: 'internalError', httpStatus: 200 })),
    attendeesOf: (calendarId, eventId) => provider.attendeesOf(calendarId, eventId),
    close: async () => undefined,
  };
}

calendarProviderContract('InMemoryCalendarProvider', inMemoryWorld);
calendarProviderContract('GoogleCalendarProvider', googleWorld);

import { GoogleCalendarApi } from '../../src/calendars/google/google-calendar-api.js';
import { GoogleCalendarProvider } from '../../src/calendars/google/google-calendar-provider.js';
import { seedEvent } from '../../src/sandbox/control/raw-events.js';
import { startGoogleServer, type GoogleServer } from '../../src/sandbox/google-server.js';
import { connect } from '../../src/sandbox/spec-support.js';
import { ACCESS_ROLES } from '../../src/sandbox/state/accounts.js';
import { SystemClock } from '../../src/shared/clock.js';
import { configOf, loadEnvironment } from '../../src/shared/config.js';
import { Secret } from '../../src/shared/secret.js';
import { RecordingMetrics } from '../fakes/recording-metrics.js';
import type { ProviderWorld } from './calendar-provider.contract.js';

const ACCOUNT = 'ada@example.com';
/** Whoever owns what is only shared with the account. */
const OTHERS = 'others@example.com';

/** Google's adapter against the stand-in for Google, which pages unkindly. */
export async function googleWorld(): Promise<ProviderWorld & { readonly google: GoogleServer }> {
  const google = await startGoogleServer();
  const { accounts, events, faults, settings, tokens } = google.state;
  // A page that is short, after one that is empty: a client that stops early misses calendars.
  settings.page_size_limit = 7;
  settings.leading_empty_page = true;
  const account = accounts.add({ email: ACCOUNT, calendars: [] });
  const others = accounts.add({ email: OTHERS, calendars: [] });
  const { accessToken } = await connect(google, ACCOUNT);
  return {
    google,
    provider: googleProvider(google),
    access: { accessToken: new Secret(accessToken), signal: new AbortController().signal },
    addCalendar: ({ externalId: id, name, timezone, accessRole }) => {
      const calendar = { id, name, timezone };
      if (accessRole !== 'owner') accounts.addCalendar(others, calendar);
      const role = ACCESS_ROLES.find((known) => known === accessRole) ?? 'reader';
      accounts.addCalendar(account, { ...calendar, accessRole: role });
    },
    removeCalendar: (id) => void accounts.removeCalendar(id),
    addEvent: (calendarId, { startAt, endAt }) => {
      const calendar = accounts.calendars.get(calendarId);
      if (calendar === undefined) throw new Error(`no calendar ${calendarId}`);
      const at = (instant: number) => ({ dateTime: new Date(instant).toISOString() });
      return seedEvent({ start: at(startAt), end: at(endAt) }, calendar, google.state);
    },
    revokeAccess: () => {
      for (const { account: owner, clientId } of tokens.grants.values()) tokens.revoke(owner, clientId);
    },
    obscure: (calendar) =>
      void faults.add({ calendar, effect: { kind: 'calendar_error', reason: 'internalError' } }),
    attendeesOf: (calendarId, eventId) =>
      (events.find(calendarId, eventId)?.resource.attendees ?? []).map(({ email }) => email),
    close: () => google.close(),
  };
}

function googleProvider({ url }: GoogleServer): GoogleCalendarProvider {
  const secret = new Secret('unused');
  const google = { clientId: '', clientSecret: secret, authUrl: '', tokenUrl: '', revokeUrl: '' };
  const config = configOf(loadEnvironment({}), {
    databaseUrl: secret,
    adminApiKey: secret,
    encryptionKeys: new Map(),
    google: { ...google, apiRootUrl: url },
  });
  return new GoogleCalendarProvider(new GoogleCalendarApi(config, new SystemClock(), new RecordingMetrics()));
}

import type { GoogleServer } from '../../src/sandbox/google-server.js';
import type { Service } from './service.js';

export interface WorldCalendar {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  readonly connectionId: string;
  readonly account: string;
}

export interface World {
  readonly workspaceId: string;
  readonly key: string;
  readonly configurationId: string;
  /** The first is the booking calendar "Main". */
  readonly calendars: readonly WorldCalendar[];
  readonly connections: readonly { readonly id: string; readonly account: string }[];
}

export interface WorldOptions {
  readonly accounts?: number;
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/** Creates an account at the sandbox and connects it to the workspace through the OAuth flow. */
export async function connectAccount(
  service: Service,
  google: Pick<GoogleServer, 'url'>,
  key: string,
  account: {
    email: string;
    calendars: readonly { id?: string; name: string; timezone?: string; accessRole?: string }[];
  },
): Promise<{ id: string; calendars: WorldCalendar[] }> {
  const calendars = account.calendars.map((calendar) => ({ timezone: 'America/New_York', ...calendar }));
  await control(google, 'POST', '/sandbox/accounts', { email: account.email, calendars });
  const { authorization_url: url } = (
    await service.call('POST', '/api/oauth/google/authorize', { key, body: {} })
  ).body;
  const consent = await control(google, 'POST', '/sandbox/consent', {
    authorization_url: url,
    account: account.email,
  });
  const answer = await service.call('GET', String(consent['redirect_url']).replace(service.url, ''), {
    key: null,
  });
  if (answer.status !== 200)
    throw new Error(`The callback answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  const connected = answer.body.calendars.map((calendar: Record<string, string>) => ({
    id: calendar['id'],
    externalId: calendar['external_id'],
    name: calendar['name'],
    connectionId: answer.body.connection.id,
    account: account.email,
  }));
  return { id: answer.body.connection.id, calendars: connected };
}

let worlds = 0;

/**
 * The default fixture of the fault matrix: one configuration over five calendars on five connections
 * ("Main" is booked into), Monday to Sunday 09:00 to 17:00 New York, 30-minute slots.
 */
export async function aWorld(
  service: Service,
  google: Pick<GoogleServer, 'url'>,
  options: WorldOptions = {},
): Promise<World> {
  const world = (worlds += 1);
  const workspace = (
    await service.call('POST', '/api/admin/workspaces', { body: { name: `World ${world}` } })
  ).body;
  const names = ['Main', 'Calendar A', 'Calendar B', 'Calendar C', 'Calendar D'].slice(
    0,
    options.accounts ?? 5,
  );
  const connections: { id: string; account: string }[] = [];
  const calendars: WorldCalendar[] = [];
  for (const [index, name] of names.entries()) {
    const email = `owner${index}.w${world}@example.com`;
    const connected = await connectAccount(service, google, workspace.api_key, {
      email,
      calendars: [{ id: email, name }],
    });
    connections.push({ id: connected.id, account: email });
    calendars.push(...connected.calendars);
  }
  const answer = await service.call('POST', '/api/calendars/configurations', {
    key: workspace.api_key,
    body: {
      name: 'Consultation',
      calendar_id: calendars[0]?.id,
      conflict_calendar_ids: calendars.map(({ id }) => id),
      timezone: 'America/New_York',
      duration_minutes: 30,
      from_time: '09:00',
      to_time: '17:00',
      workdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
      ...options.configuration,
    },
  });
  if (answer.status !== 201) throw new Error(`No configuration: ${JSON.stringify(answer.body)}`);
  return {
    workspaceId: workspace.id,
    key: workspace.api_key,
    configurationId: answer.body.id,
    calendars,
    connections,
  };
}

/** One call of the sandbox's control API. */
export async function control(
  google: Pick<GoogleServer, 'url'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const answer = await fetch(google.url + path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** A day that is `days` from today, `YYYY-MM-DD`; in New York, where most configurations of the tests are. */
export function dayFromNow(days: number, timeZone = 'America/New_York'): string {
  const at = new Date(Date.now() + days * 86_400_000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(at);
}

import { createHash } from 'node:crypto';
import { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, type GoogleServer } from './google-server.js';

export const REDIRECT_URI = 'http://localhost:3000/callback';
const AUTH = 'https://www.googleapis.com/auth/';
export const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-0123456789';
export const DEFAULT_SCOPES = `openid email ${AUTH}calendar.events ${AUTH}calendar.readonly`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; an empty object when there is none or it is no JSON object. */
  // oxlint-disable-next-line typescript/no-explicit-any -- specs look into answers of many forms
  readonly json: any;
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** What a client sends the person to; `changes` of undefined leave a parameter out. */
export function authorizationUrl(
  { url }: GoogleServer,
  changes: Readonly<Record<string, string | undefined>> = {},
): string {
  const parameters = {
    client_id: SANDBOX_CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: DEFAULT_SCOPES,
    state: 'state-of-the-client',
    access_type: 'offline',
    prompt: 'consent',
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) given.set(name, value);
  return `${url}/o/oauth2/v2/auth?${given.toString()}`;
}

export function control(
  { url }: GoogleServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  return call(`${url}/sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** Consents and returns the parameters that come back to the client. */
export async function consent(
  server: GoogleServer,
  account: string,
  changes: Readonly<Record<string, string | undefined>> = {},
  more: object = {},
): Promise<URLSearchParams> {
  const body = { authorization_url: authorizationUrl(server, changes), account, ...more };
  const { json } = await control(server, 'POST', '/consent', body);
  return new URL(String(json.redirect_url)).searchParams;
}

export function tokenRequest({ url }: GoogleServer, form: Readonly<Record<string, string>>): Promise<Answer> {
  const client = { client_id: SANDBOX_CLIENT_ID, client_secret: SANDBOX_CLIENT_SECRET };
  return call(`${url}/token`, { method: 'POST', body: new URLSearchParams({ ...client, ...form }) });
}

export function exchange(server: GoogleServer, code: string | null, changes: Record<string, string> = {}) {
  return tokenRequest(server, {
    grant_type: 'authorization_code',
    code: code ?? '',
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
    ...changes,
  });
}

export function refresh(server: GoogleServer, refreshToken: string): Promise<Answer> {
  return tokenRequest(server, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

export interface Connected {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  readonly scope: string;
}

export async function connect(
  server: GoogleServer,
  account: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Connected> {
  const { json } = await exchange(server, (await consent(server, account, changes)).get('code'));
  return {
    accessToken: json.access_token,
    refreshToken: json.refresh_token,
    idToken: json.id_token,
    scope: json.scope,
  };
}

export type CalendarApi = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Calls the Calendar API with a token. A body that is a string is sent as it is. */
export function calendarApi({ url }: GoogleServer, accessToken: string): CalendarApi {
  return (method, path, body, headers = {}) =>
    call(`${url}/calendar/v3${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
}

export const EVENT = {
  id: 'slotevent1',
  summary: 'Talk',
  start: { dateTime: '2027-03-10T15:00:00Z' },
  end: { dateTime: '2027-03-10T16:00:00Z' },
};

import { createPublicKey, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../shared/clock.js';
import { startGoogleServer, type GoogleServer } from './google-server.js';
import {
  authorizationUrl,
  calendarApi,
  call,
  connect,
  consent,
  control,
  exchange,
  refresh,
  REDIRECT_URI,
  tokenRequest,
} from './spec-support.js';

const ADA = 'ada@example.com';
const CALENDAR_ONLY = 'https://www.googleapis.com/auth/calendar.events';
const clock = new FixedClock(Date.UTC(2027, 0, 4, 12));
let server: GoogleServer;

beforeEach(async () => {
  server = await startGoogleServer({ seed: 'demo', clock });
});

afterEach(() => server.close());

const claimsOf = (idToken: string) =>
  JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());

describe('the consent page', () => {
  it('lists the accounts, the scopes that can be unticked, and a way out', async () => {
    const page = await call(authorizationUrl(server));
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('Continue as Ada Lovelace (ada@example.com)');
    expect(page.text).toContain('Continue as Grace Hopper (grace@example.com)');
    expect(page.text.match(/type="checkbox"/g)).toHaveLength(2);
    expect(page.text).toContain('value="cancel"');
  });

  it('puts the account that was hinted at first', async () => {
    const { text } = await call(authorizationUrl(server, { login_hint: 'grace@example.com' }));
    expect(text.indexOf('Grace Hopper')).toBeLessThan(text.indexOf('Ada Lovelace'));
  });

  it('is not shown to a client that wants no questions asked', async () => {
    const { status, headers } = await call(authorizationUrl(server, { prompt: 'none' }));
    expect(status).toBe(302);
    expect(new URL(headers.get('location') ?? '').searchParams.get('error')).toBe('interaction_required');
  });

  it('writes what a client sends as text, never as markup', async () => {
    const { text } = await call(authorizationUrl(server, { state: '"><script>alert(1)</script>' }));
    expect(text).not.toContain('<script>');
  });

  const submit = async (decision: Record<string, string>, grantedOf: (all: string[]) => string[]) => {
    const { text } = await call(authorizationUrl(server));
    const valueOf = (input: string) => /value="([^"]*)"/.exec(input)?.[1] ?? '';
    const inputs = text.match(/<input[^>]*>/g) ?? [];
    const form = new URLSearchParams(decision);
    for (const input of inputs.filter((each) => each.includes('type="hidden"'))) {
      form.append(/name="([^"]*)"/.exec(input)?.[1] ?? '', valueOf(input));
    }
    const boxes = inputs.filter((each) => each.includes('type="checkbox"')).map(valueOf);
    for (const scope of grantedOf(boxes)) form.append('granted', scope);
    const answer = await call(`${server.url}/o/oauth2/v2/auth`, { method: 'POST', body: form });
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  };

  it('sends the browser back with a code that works', async () => {
    const location = await submit({ account: ADA }, (all) => all);
    expect(location.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
    expect(location.searchParams.get('state')).toBe('state-of-the-client');
    expect(location.searchParams.get('iss')).toBe('https://accounts.google.com');
    const { status, json } = await exchange(server, location.searchParams.get('code'));
    expect(status).toBe(200);
    expect(json.scope).toContain('calendar.readonly');
  });

  it('grants only what was left ticked, and always the identity', async () => {
    const location = await submit({ account: ADA }, () => []);
    expect(location.searchParams.get('scope')).toBe('openid https://www.googleapis.com/auth/userinfo.email');
  });

  it('sends the browser back without a code when the person cancels', async () => {
    const { searchParams } = await submit({ decision: 'cancel' }, (all) => all);
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      state: 'state-of-the-client',
    });
  });
});

describe('a request for consent that cannot be trusted', () => {
  it.each([
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
    [
      'an address that is not registered',
      { redirect_uri: 'https://evil.example/cb' },
      'redirect_uri_mismatch',
    ],
    ['no state', { state: undefined }, 'invalid_request'],
    ['no scope', { scope: undefined }, 'invalid_request'],
    ['an unknown scope', { scope: 'constructor' }, 'invalid_scope'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['an unknown parameter', { foo: 'bar' }, 'invalid_request'],
    ['an unknown access type', { access_type: 'sometimes' }, 'invalid_request'],
    ['a challenge that is too short', { code_challenge: 'short' }, 'invalid_request'],
  ])('%s shows a page and never redirects', async (_name, changes, error) => {
    const { status, text, headers } = await call(authorizationUrl(server, changes));
    expect(status).toBe(400);
    expect(headers.get('location')).toBeNull();
    expect(text).toContain(`Error 400: ${error}`);
  });
});

describe('the exchange of a code', () => {
  it('gives tokens in the form Google gives them', async () => {
    const { status, json } = await exchange(server, (await consent(server, ADA)).get('code'));
    expect(status).toBe(200);
    expect(json).toEqual({
      access_token: expect.stringMatching(/^ya29\./),
      expires_in: 3599,
      refresh_token: expect.stringMatching(/^1\/\//),
      scope: expect.stringContaining('https://www.googleapis.com/auth/userinfo.email'),
      token_type: 'Bearer',
      id_token: expect.any(String),
    });
  });

  it('signs an ID token that the published key verifies', async () => {
    const { idToken } = await connect(server, ADA);
    const { json } = await call(`${server.url}/oauth2/v3/certs`);
    const [head, body, signature] = idToken.split('.');
    const key = createPublicKey({ key: json.keys[0], format: 'jwk' });
    const signed = Buffer.from(`${head}.${body}`);
    expect(verify('RSA-SHA256', signed, key, Buffer.from(signature ?? '', 'base64url'))).toBe(true);
    expect(claimsOf(idToken)).toMatchObject({
      iss: 'https://accounts.google.com',
      aud: 'sandbox-client.apps.googleusercontent.com',
      email: ADA,
      email_verified: true,
      sub: expect.stringMatching(/^\d{21}$/),
      exp: clock.now() / 1000 + 3600,
    });
  });

  it('tells the address only when that was asked for, and nothing without openid', async () => {
    expect(
      claimsOf((await connect(server, ADA, { scope: `openid ${CALENDAR_ONLY}` })).idToken).email,
    ).toBeUndefined();
    expect((await connect(server, ADA, { scope: CALENDAR_ONLY })).idToken).toBeUndefined();
  });

  it('works once', async () => {
    const code = (await consent(server, ADA)).get('code');
    expect((await exchange(server, code)).status).toBe(200);
    const again = await exchange(server, code);
    expect([again.status, again.json.error]).toEqual([400, 'invalid_grant']);
  });

  it.each([
    ['a wrong verifier', { code_verifier: 'x'.repeat(50) }, 400, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 400, 'invalid_grant'],
    [
      'another redirect address',
      { redirect_uri: 'http://localhost:3000/other' },
      400,
      'redirect_uri_mismatch',
    ],
    ['an unknown code', { code: '4/0Anothing' }, 400, 'invalid_grant'],
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['an unknown kind of grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_name, changes, status, error) => {
    const answer = await exchange(server, (await consent(server, ADA)).get('code'), changes);
    expect([answer.status, answer.json.error]).toEqual([status, error]);
  });

  it('refuses a code after ten minutes', async () => {
    const code = (await consent(server, ADA)).get('code');
    clock.advance(600_000);
    expect((await exchange(server, code)).json.error).toBe('invalid_grant');
  });

  it('takes the client from a Basic header as well', async () => {
    const credentials = Buffer.from('sandbox-client.apps.googleusercontent.com:sandbox-secret').toString(
      'base64',
    );
    const { refreshToken } = await connect(server, ADA);
    const answer = await call(`${server.url}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    });
    expect(answer.status).toBe(200);
  });

  it('gives a refresh token again only after prompt=consent, and only for offline access', async () => {
    const online = { access_type: undefined };
    const quiet = { prompt: undefined };
    expect((await connect(server, ADA, online)).refreshToken).toBeUndefined();
    expect((await connect(server, ADA, quiet)).refreshToken).toBeUndefined();
    expect((await connect(server, 'grace@example.com', quiet)).refreshToken).toBeDefined();
    expect((await connect(server, ADA)).refreshToken).toBeDefined();
  });

  it('adds earlier scopes when the client asks to include them', async () => {
    await connect(server, ADA);
    const scope = 'https://www.googleapis.com/auth/calendar.freebusy';
    expect((await connect(server, ADA, { scope })).scope).toBe(scope);
    const all = await connect(server, ADA, { scope, include_granted_scopes: 'true' });
    expect(all.scope.split(' ')).toEqual(expect.arrayContaining([scope, 'openid']));
  });
});

describe('a refresh', () => {
  it('gives a new access token and no new refresh token', async () => {
    const { refreshToken, accessToken } = await connect(server, ADA);
    const { status, json } = await refresh(server, refreshToken);
    expect(status).toBe(200);
    expect(json.access_token).not.toBe(accessToken);
    expect(json.refresh_token).toBeUndefined();
  });

  it('rotates when the client is set to, and ends the old token after its grace', async () => {
    const settings = {
      rotate_refresh_tokens: true,
      rotation_grace_seconds: 60,
      access_token_lifetime_seconds: 120,
    };
    await control(server, 'POST', '/settings', settings);
    const { refreshToken } = await connect(server, ADA);
    const { json } = await refresh(server, refreshToken);
    expect(json.expires_in).toBe(120);
    expect((await refresh(server, refreshToken)).status).toBe(200);
    clock.advance(60_000);
    expect((await refresh(server, refreshToken)).json.error_description).toBe(
      'Token has been expired or revoked.',
    );
    expect((await refresh(server, json.refresh_token)).status).toBe(200);
  });

  it('tells how long a refresh token lives when that is limited', async () => {
    await control(server, 'POST', '/settings', { refresh_token_lifetime_seconds: 604_800 });
    const { json } = await exchange(server, (await consent(server, ADA)).get('code'));
    expect(json.refresh_token_expires_in).toBe(604_800);
    clock.advance(604_800_000);
    expect((await refresh(server, json.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('ends the oldest of a hundred and one refresh tokens of a grant', async () => {
    const tokens: string[] = [];
    for (let at = 0; at <= 100; at += 1)
      tokens.push((await connect(server, ADA, { scope: CALENDAR_ONLY })).refreshToken);
    const [oldest = '', next = ''] = tokens;
    expect((await refresh(server, oldest)).json.error).toBe('invalid_grant');
    expect((await refresh(server, next)).status).toBe(200);
  });

  it('refuses a token nobody gave out, and a request without one', async () => {
    expect((await refresh(server, '1//0nothing')).json.error).toBe('invalid_grant');
    const answer = await tokenRequest(server, { grant_type: 'refresh_token' });
    expect(answer.json).toEqual({
      error: 'invalid_request',
      error_description: 'Missing required parameter: refresh_token',
    });
  });
});

describe('revocation', () => {
  const revoke = (token: string) =>
    call(`${server.url}/revoke?token=${encodeURIComponent(token)}`, { method: 'POST' });

  it('ends the whole grant, whichever token is given', async () => {
    const first = await connect(server, ADA);
    const second = await connect(server, ADA);
    const other = await connect(server, 'grace@example.com');
    expect((await revoke(first.accessToken)).status).toBe(200);
    expect((await refresh(server, second.refreshToken)).json.error).toBe('invalid_grant');
    const { status } = await calendarApi(server, second.accessToken)('GET', '/users/me/calendarList');
    expect(status).toBe(401);
    expect((await refresh(server, other.refreshToken)).status).toBe(200);
  });

  it('refuses a token that is dead or was never alive', async () => {
    const { refreshToken } = await connect(server, ADA);
    await revoke(refreshToken);
    const again = await revoke(refreshToken);
    expect([again.status, again.json.error]).toEqual([400, 'invalid_token']);
  });
});

describe('the authorization of a call', () => {
  it('needs a token', async () => {
    const { status, json } = await call(`${server.url}/calendar/v3/users/me/calendarList`);
    expect([status, json.error.errors[0].reason]).toEqual([401, 'required']);
  });

  it('refuses an expired token as Google does', async () => {
    const { accessToken } = await connect(server, ADA);
    clock.advance(3_599_000);
    const { status, json } = await calendarApi(server, accessToken)('GET', '/users/me/calendarList');
    expect(status).toBe(401);
    expect(json.error.errors).toEqual([
      {
        message: 'Invalid Credentials',
        domain: 'global',
        reason: 'authError',
        location: 'Authorization',
        locationType: 'header',
      },
    ]);
  });

  it('names the scope problem when the token does not reach far enough', async () => {
    const { accessToken } = await connect(server, ADA, {
      scope: 'openid https://www.googleapis.com/auth/calendar.events',
    });
    const { status, json } = await calendarApi(server, accessToken)('GET', '/users/me/calendarList');
    expect(status).toBe(403);
    expect(json.error.details[0]).toMatchObject({
      reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      metadata: { method: 'calendar.v3.CalendarList.List' },
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultSpec } from '../../src/sandbox/faults/fault.js';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { linesOf } from '../support/log-lines.js';
import { UNKNOWN_ID } from '../support/sample-body.js';
import type { Answer, Call } from '../support/service.js';
import { expectTold, NOT_THE_PROVIDER, type Told } from '../support/told-requests.js';
import { dayFromNow, type World } from '../support/world.js';

const CALLBACK = '/api/oauth/google/callback';
const RETURN_URL = 'https://app.example.com/connected';
const REAUTH = 'calendar_reauth_required';
const UNVERIFIABLE = 'calendar_unverifiable';
const NOBODY = (): object => ({ workspace_id: null });

let bench: FaultBench;
let world: World;
let flow: ConsentFlow;
let connectionId: string;

beforeAll(async () => {
  const limits = { PROVIDER_TIMEOUT_MS: '300', PROVIDER_DEADLINE_MS: '3000' };
  bench = await FaultBench.start({ ...limits, ALLOWED_RETURN_URLS: RETURN_URL });
  world = await bench.world({ accounts: 1 });
  flow = new ConsentFlow(bench, world.key);
  connectionId = nth(world.connections, 0).id;
});

beforeEach(() => bench.heal());
afterAll(() => bench?.stop());

const at = (time: string, day = 4): string => `${dayFromNow(day)}T${time}:00Z`;
const call = (method: string, path: string, options: Call = {}): Promise<Answer> =>
  bench.service.call(method, path, { key: world.key, ...options });
const configuration = (): string => `/api/calendars/configurations/${world.configurationId}`;
const book = (startTime: string, headers: Record<string, string> = {}): Promise<Answer> =>
  call('POST', `${configuration()}/book-appointment`, {
    body: { start_time: startTime, title: 'Visit', attendee_email: 'pat@example.com' },
    headers,
  });
const ofWorkspace = (): object => ({ workspace_id: world.workspaceId });
const ofConfiguration = (): object => ({ ...ofWorkspace(), configuration_id: world.configurationId });

describe('a request that no provider has part in', () => {
  const post = (body: string, type = 'application/json'): Promise<Answer> =>
    call('POST', `${configuration()}/book-appointment`, { body, headers: { 'Content-Type': type } });
  const booked = async (time: string): Promise<string> => (await book(time)).body.booking_id;

  it.each<[number, string, string, () => Promise<Answer>, () => object]>([
    [400, 'validation_failed', 'a field', () => book('noon'), ofConfiguration],
    [400, 'validation_failed', 'a consent nobody began', () => flow.visit(`${CALLBACK}?state=x`), NOBODY],
    [401, 'unauthenticated', 'no key', () => call('GET', '/api/bookings', { key: null }), NOBODY],
    [403, 'forbidden', 'no admin', () => call('GET', '/api/admin/workspaces'), ofWorkspace],
    [
      404,
      'not_found',
      'no such booking',
      () => call('POST', `/api/bookings/${UNKNOWN_ID}/cancel`, { body: {} }),
      () => ({ ...ofWorkspace(), booking_id: UNKNOWN_ID }),
    ],
    [
      409,
      'slot_unavailable',
      'a time that is taken',
      async () => {
        await booked(at('15:00'));
        return book(at('15:00'));
      },
      ofConfiguration,
    ],
    [
      409,
      'account_mismatch',
      'a consent of somebody else',
      async () =>
        flow.visit(await flow.consent({ connection_id: connectionId }, { account: await flow.newcomer() })),
      () => ({ ...ofWorkspace(), connection_id: connectionId }),
    ],
    [
      409,
      'conflict',
      'an end that is over',
      async () => {
        const id = await booked(at('16:00'));
        await call('POST', `/api/bookings/${id}/cancel`, { body: {} });
        return call('POST', `/api/bookings/${id}/reschedule`, { body: { start_time: at('17:00') } });
      },
      ofWorkspace,
    ],
    [409, 'idempotency_in_progress', 'a twin', () => whileTheFirstRuns(at('18:00')), ofConfiguration],
    // What cannot be a body is refused before anybody looks at the key.
    [413, 'payload_too_large', 'a large body', () => post(`"${'x'.repeat(100_000)}"`), NOBODY],
    [415, 'unsupported_media_type', 'a body that is no JSON', () => post('a=1', 'text/plain'), NOBODY],
    [422, 'rules_violation', 'a day too far off', () => book(at('15:00', 300)), ofConfiguration],
    [
      422,
      'idempotency_key_reused',
      'another body',
      async () => {
        await book(at('19:00'), { 'Idempotency-Key': 'one' });
        return book(at('19:30'), { 'Idempotency-Key': 'one' });
      },
      ofConfiguration,
    ],
  ])('%i %s: %s is one line without class, status and attempts', async (status, code, _why, ask, ids) => {
    await expectTold(bench.service, await ask(), status, code, { ...NOT_THE_PROVIDER, ...ids() });
  });

  async function whileTheFirstRuns(time: string): Promise<Answer> {
    bench.fault({ endpoint: 'freeBusy', times: 1, effect: { kind: 'latency', ms: 250 } });
    const key = { 'Idempotency-Key': 'two' };
    const first = book(time, key);
    await until(() => bench.calls('freeBusy') > 0);
    const second = await book(time, key);
    await first;
    return second;
  }
});

describe('a booking that the provider fails', () => {
  const freeBusy = (effect: FaultSpec['effect']): FaultSpec => ({ endpoint: 'freeBusy', effect });
  const insert = (effect: FaultSpec['effect']): FaultSpec => ({ endpoint: 'events.insert', effect });
  const passes = 'connection_error';

  it.each<[number, string, FaultSpec, Told]>([
    [503, UNVERIFIABLE, freeBusy('unavailable503Html'), told(passes, 'http_503', 503, 3)],
    [503, UNVERIFIABLE, freeBusy('captivePortal200Html'), told(passes, 'malformed_answer', 200, 2)],
    [503, UNVERIFIABLE, freeBusy({ kind: 'reset' }), told(passes, 'network', null, 3)],
    [503, UNVERIFIABLE, freeBusy({ kind: 'hang' }), told(passes, 'timeout', null, 1)],
    [503, UNVERIFIABLE, freeBusy('rateLimitExceeded403'), told('rate_limited', 'rateLimitExceeded', 403, 3)],
    [503, UNVERIFIABLE, freeBusy('quotaExceeded'), told('rate_limited', 'quotaExceeded', 403, 1)],
    [
      503,
      UNVERIFIABLE,
      freeBusy({ kind: 'calendar_error', reason: 'internalError' }),
      told(passes, 'internalError', 200, 2),
    ],
    [401, REAUTH, freeBusy('authError401'), told('expired_tokens', 'invalid_token', 401, 2)],
    [401, REAUTH, freeBusy('insufficientScope403'), told('permission_error', 'insufficient_scope', 403, 1)],
    [409, 'calendar_gone', freeBusy('notFound404'), told('calendar_not_found', 'notFound', 404, 1)],
    [409, 'calendar_gone', insert('notFound404'), told('calendar_not_found', 'notFound', 404, 1)],
    [
      403,
      'calendar_permission_denied',
      insert('requiredAccessLevel403'),
      told('permission_error', 'requiredAccessLevel', 403, 1),
    ],
    [409, 'conflict', insert('invalid400'), told(passes, 'http_400', 400, 1)],
  ])('%i %s says of %j what was answered, and after how many calls', async (status, code, fault, facts) => {
    bench.fault(fault);
    const answer = await book(at('20:00'));
    const ids = { ...ofConfiguration(), connection_id: connectionId };
    await expectTold(bench.service, answer, status, code, { ...facts, ...ids });
    expect(bench.calls(String(fault.endpoint))).toBe(facts.attempts);
  });

  it('for want of a token counts the calls for the token, and none at all when it is known before', async () => {
    await bench.expire(connectionId);
    bench.fault({ endpoint: 'token', effect: 'unavailable503' });
    const first = told(passes, 'token_refresh_failed', 503, 3);
    await expectTold(bench.service, await book(at('20:00')), 503, UNVERIFIABLE, { ...first });
    expect([bench.calls('token'), bench.calls('freeBusy')]).toEqual([3, 0]);
    const second = { ...first, upstream_status: null, attempts: 0 };
    await expectTold(bench.service, await book(at('20:00')), 503, UNVERIFIABLE, second);
    expect(bench.calls('token')).toBe(3);
    await until(() => bench.log('token.refresh_failed').length > 0);
    expect(bench.log('token.refresh_failed', connectionId)).toMatchObject([
      { level: 'warn', code: 'http_503', upstream_status: 503, attempts: 3 },
    ]);
  });

  it('for a dead authorization counts one call, and none from then on', async () => {
    await bench.expire(connectionId);
    bench.fault({ endpoint: 'token', effect: 'invalid_grant' });
    const facts = told('expired_tokens', 'invalid_grant', 400, 1);
    await expectTold(bench.service, await book(at('20:00')), 401, REAUTH, { ...facts });
    await expectTold(bench.service, await book(at('20:00')), 401, REAUTH, { ...facts, attempts: 0 });
    expect(bench.calls('token')).toBe(1);
    await until(() => bench.log('connection.needs_reauth', connectionId).length > 0);
  });

  it('but keeps its time says so in a line of the booking', async () => {
    bench.fault(insert('backendError500'));
    const { status, body } = await book(at('20:30'));
    expect(status).toBe(202);
    await until(() => bench.log('booking.pending').length > 0);
    expect(bench.log('booking.pending')).toEqual([
      expect.objectContaining({
        level: 'warn',
        booking_id: body.booking_id,
        ...ofConfiguration(),
        class: passes,
        code: 'http_500',
        upstream_status: 500,
        attempts: bench.calls('events.insert'),
      }),
    ]);
  });
});

describe('what else the provider fails', () => {
  const facts = told('connection_error', 'http_500', 500, 3);

  it('is told of a search for free times, with a line for its calendars', async () => {
    bench.fault({ endpoint: 'freeBusy', effect: 'backendError500' });
    const before = bench.log('calendars.unread').length;
    const answer = await bench.availability(world);
    await expectTold(bench.service, answer, 503, 'provider_unavailable', { ...facts, ...ofConfiguration() });
    expect(bench.calls('freeBusy')).toBe(3);
    const { failure_code: code, ...rest } = facts;
    expect(bench.log('calendars.unread').slice(before)).toEqual([
      expect.objectContaining({ level: 'warn', connection_id: connectionId, calendars: 1, code, ...rest }),
    ]);
  });

  it('is told of a refresh that a person asked for', async () => {
    const refresh = (): Promise<Answer> =>
      call('POST', `/api/connections/${connectionId}/refresh`, { body: {} });
    const ids = { ...ofWorkspace(), connection_id: connectionId };
    bench.fault({ endpoint: 'calendarList', effect: 'backendError500' });
    await expectTold(bench.service, await refresh(), 503, 'provider_unavailable', { ...facts, ...ids });
    expect(bench.calls('calendarList')).toBe(3);
    bench.fault({ endpoint: 'token', effect: 'invalid_grant' });
    const ended = told('expired_tokens', 'invalid_grant', 400, 1);
    await expectTold(bench.service, await refresh(), 401, REAUTH, { ...ended, ...ids });
  });

  it.each<[number, string, FaultSpec['effect'], Told]>([
    [503, 'provider_unavailable', 'backendError500', told('connection_error', 'http_500', 500, 1)],
    [400, 'validation_failed', 'invalid_grant', told('expired_tokens', 'invalid_grant', 400, 1)],
  ])('is told of a consent: %i %s, with whose it was', async (status, code, effect, expected) => {
    const path = await flow.consent({}, { account: await flow.newcomer() });
    bench.fault({ endpoint: 'token.code', effect });
    const answer = await flow.visit(path);
    await expectTold(bench.service, answer, status, code, { ...expected, ...ofWorkspace() });
    expect(bench.calls('token.code')).toBe(1);
  });

  it('is a refusal also where a person gets a page, which names the line', async () => {
    const path = await flow.consent({}, { account: await flow.newcomer() });
    bench.fault({ endpoint: 'token.code', effect: 'backendError500' });
    const page = await flow.visit(path, { Accept: 'text/html' });
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    const id = page.headers.get('x-request-id') ?? '';
    expect(page.body).toContain(id);
    expect(await linesOf(bench.service, id)).toMatchObject([[{ event: 'request.failed', attempts: 1 }]]);
  });

  it('is a refusal also where a person is sent on', async () => {
    const path = await flow.consent({ return_url: RETURN_URL }, { account: await flow.newcomer() });
    bench.fault({ endpoint: 'token.code', effect: 'backendError500' });
    const sent = await flow.visit(path);
    expect(sent.headers.get('location')).toBe(`${RETURN_URL}?status=error&error=provider_unavailable`);
    const line = { level: 'warn', event: 'request.failed', status: 302, ...facts, attempts: 1 };
    const [lines] = await linesOf(bench.service, sent.headers.get('x-request-id'));
    expect(lines).toMatchObject([{ ...line, code: 'provider_unavailable', ...ofWorkspace() }]);
  });

  it('is not asked for an account that has not answered five times', async () => {
    const other = await bench.world({ accounts: 1 });
    bench.fault({ endpoint: 'freeBusy', effect: { kind: 'hang' } });
    for (let times = 1; times <= 5; times += 1) await bench.availability(other);
    const calls = bench.calls('freeBusy');
    await expectTold(bench.service, await bench.availability(other), 503, 'provider_unavailable', {
      ...told('connection_error', 'circuit_open', null, 0),
      workspace_id: other.workspaceId,
    });
    expect(bench.calls('freeBusy')).toBe(calls);
  });
});

function told(kind: string, failureCode: string, status: number | null, attempts: number): Told {
  return { class: kind, failure_code: failureCode, upstream_status: status, attempts };
}

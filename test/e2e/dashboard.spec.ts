import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { get as request } from 'node:http';
import { fillEstate } from '../support/estate.js';
import { FaultBench } from '../support/fault-bench.js';
import { expectProblem } from '../support/problems.js';
import { ADMIN_KEY, type Answer } from '../support/service.js';
import type { World } from '../support/world.js';

const OVERVIEW = '/api/admin/calendar-health/overview';
const OWN_PAGE = { 'X-Slotkeeper-Dashboard': '1' };

let bench: FaultBench;
let world: World;

beforeAll(async () => {
  bench = await FaultBench.start();
  world = await bench.world({ accounts: 2 });
});

afterAll(() => bench?.stop());

const signIn = (key: string): Promise<Answer> =>
  bench.service.call('POST', '/api/admin/session', { key: null, body: { admin_key: key } });

/** As the browser would send it back. */
async function session(): Promise<string> {
  const { headers } = await signIn(ADMIN_KEY);
  return (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

const withCookie = (
  cookie: string,
  path = OVERVIEW,
  method = 'GET',
  headers: object = OWN_PAGE,
): Promise<Answer> =>
  bench.service.call(method, path, { key: null, headers: { Cookie: `other=1; ${cookie}`, ...headers } });

describe('a session of the dashboard', () => {
  it('is a cookie that scripts cannot read, that stays on this site, and that says nothing of the key', async () => {
    const { status, body, headers } = await signIn(ADMIN_KEY);
    expect(status).toBe(200);
    expect(Date.parse(body.expires_at) - Date.now()).toBeGreaterThan(11 * 3_600_000);
    expect(headers.get('set-cookie')).toMatch(
      /^slotkeeper_session=[\w.-]+; Path=\/api\/admin; Max-Age=43(199|200); HttpOnly; SameSite=Strict$/,
    );
    expect(headers.get('set-cookie')).not.toContain(ADMIN_KEY);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('opens admin endpoints to our own pages, and nothing else', async () => {
    const cookie = await session();
    expect((await withCookie(cookie)).status).toBe(200);
    const check = '/api/admin/calendar-health/check';
    expectProblem(
      await withCookie(cookie, check, 'POST', { Origin: 'https://evil.example' }),
      401,
      'unauthenticated',
    );
    expectProblem(await withCookie(cookie, OVERVIEW, 'GET', {}), 401, 'unauthenticated');
    expectProblem(
      await withCookie(cookie, `/api/bookings?workspace_id=${world.workspaceId}`),
      401,
      'unauthenticated',
    );
    expectProblem(await withCookie(`${cookie}x`), 401, 'unauthenticated');
    expectProblem(await withCookie('slotkeeper_session='), 401, 'unauthenticated');
  });

  it('counts less than a key that comes with it', async () => {
    const headers = { Cookie: await session(), ...OWN_PAGE };
    expectProblem(
      await bench.service.call('GET', OVERVIEW, { key: 'wrong', headers }),
      401,
      'unauthenticated',
    );
    expectProblem(await bench.service.call('GET', OVERVIEW, { key: world.key, headers }), 403, 'forbidden');
  });

  it('is taken back on request, also when it is over', async () => {
    const { status, headers } = await withCookie('slotkeeper_session=old', '/api/admin/session', 'DELETE');
    expect(status).toBe(204);
    expect(headers.get('set-cookie')).toMatch(/^slotkeeper_session=; Path=\/api\/admin; Max-Age=0;/);
  });

  it('is secure where the service is reached over TLS', async () => {
    const other = await bench.another({ PUBLIC_URL: 'https://slots.example' });
    const { headers } = await other.call('POST', '/api/admin/session', {
      key: null,
      body: { admin_key: ADMIN_KEY },
    });
    expect(headers.get('set-cookie')).toMatch(/; SameSite=Strict; Secure$/);
    await other.stop();
  });

  it('is not for whoever tries keys one after the other, and the log tells of them', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 7; n += 1) answers.push((await signIn(`wrong-key-number-${n}`)).status);
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const refused = await signIn(ADMIN_KEY);
    expectProblem(refused, 429, 'rate_limited');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const { items } = (await bench.service.call('GET', '/api/admin/audit-log?action=admin.signed_in')).body;
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ actor: 'admin', outcome: 'done' }),
        expect.objectContaining({ actor: 'public', outcome: 'refused', code: 'unauthenticated' }),
      ]),
    );
    expect(bench.service.output()).not.toContain('wrong-key-number');
  });
});

describe('the pages', () => {
  const get = (path: string, encoding = 'gzip') =>
    fetch(bench.service.url + path, { headers: { 'Accept-Encoding': encoding } });

  it('take less than 200 kB for the first view, as they are sent', async () => {
    const { body: html } = await bench.service.call('GET', '/dashboard', { key: null });
    const addresses = [...String(html).matchAll(/(?:src|href)="(\/dashboard\/[^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(addresses.length).toBeGreaterThanOrEqual(2);
    const sizes = await Promise.all(
      ['/dashboard', ...addresses].map((path = '') => bodySize(bench.service.url + path)),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(200_000);
  });

  it('are one page at every address below /dashboard, under a policy without exceptions', async () => {
    for (const path of ['', '/', '/workspaces', '/calendars/x', '/nowhere']) {
      const answer = await get(`/dashboard${path}`);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
      expect(policy).toMatch(/frame-ancestors 'none'/);
      expect(policy).not.toMatch(/unsafe|data:|http|\*/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('hold no scripts and styles in themselves, and ask for files of this service alone', async () => {
    const page = await (await get('/dashboard')).text();
    expect(page).not.toMatch(/<style|style=|<script>|javascript:| on\w+=/);
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      expect(file).toMatch(/^\/dashboard\//);
      expect((await get(file)).status).toBe(200);
    }
  });

  it('come compressed to whoever can take that, and are kept for good where their name tells their content', async () => {
    const [script = ''] = readdirSync('dist/dashboard/assets').filter((name) => name.endsWith('.js'));
    const zipped = await get(`/dashboard/assets/${script}`);
    const plain = await get(`/dashboard/assets/${script}`, 'identity');
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await zipped.text()).toBe(await plain.text());
    expect(zipped.headers.get('cache-control')).toMatch(/immutable/);
    expect(zipped.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    '/dashboard/assets/none.js',
    '/dashboard/..%2f..%2fpackage.json',
    '/dashboard/../package.json',
    '/dashboardx',
  ])('are not at %s', async (path) => {
    expectProblem(await bench.service.call('GET', path, { key: null }), 404, 'not_found');
  });
});

describe('what the pages show', () => {
  const look = (path: string, headers = {}): Promise<Answer> =>
    bench.service.call('GET', `/api/admin/calendar-health/${path}`, { headers });

  it('is not sent again while it is the same', async () => {
    await bench.service.call('POST', '/api/admin/calendar-health/check', { body: {} });
    const { headers } = await look('calendars');
    const tag = headers.get('etag') ?? '';
    const again = await look('calendars', { 'If-None-Match': tag });
    expect([again.status, again.body]).toEqual([304, '']);
    expect((await look('calendars', { 'If-None-Match': 'W/"other"' })).status).toBe(200);
  });

  it('is of one workspace or calendar, where one is named', async () => {
    const [calendar] = world.calendars;
    await fillEstate(bench.db, { workspaces: 1, calendars: 5 });
    await bench.service.call('POST', '/api/admin/calendar-health/check', {
      body: { workspace_id: world.workspaceId },
    });
    const ofWorld = await look(`calendars?workspace_id=${world.workspaceId}`);
    expect(ofWorld.body).toMatchObject({ total: 2, counts: { healthy: 2 }, next_cursor: null });
    const one = await look(`calendars?calendar_id=${calendar?.id}`);
    expect(one.body.items).toMatchObject([{ calendar_id: calendar?.id, workspace_id: world.workspaceId }]);
    expect((await look('calendars')).body.total).toBe(7);
    const overview = await look(`workspaces/${world.workspaceId}?checked_since=2027-01-01T00:00:00Z`);
    expect(overview.body).toMatchObject({ totals: { calendars: 2 }, issues: [], status: 'healthy' });
    expectProblem(await look('workspaces/00000000-0000-4000-8000-00000000dead'), 404, 'not_found');
    const levels = await look(`sla?calendar_id=${calendar?.id}`);
    expect(levels.body).toMatchObject({ workspaces: [], calendars: [{ calendar_id: calendar?.id }] });
  });
});

/** Bytes of the body as it comes over the wire: `fetch` would unpack it. */
async function bodySize(url: string): Promise<number> {
  const [answer] = await once(request(url, { headers: { 'Accept-Encoding': 'gzip, br' } }), 'response');
  let size = 0;
  for await (const chunk of answer) size += chunk.length;
  return size;
}

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth } from '../support/fault-bench.js';
import type { Answer } from '../support/service.js';
import { control, type World } from '../support/world.js';

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const LINK = '/api/oauth/google/reauthorize?link=';
const LIMIT_MS = 60_000;

let bench: FaultBench;
let world: World;
let flow: ConsentFlow;
let connectionId: string;
let account: string;

beforeAll(async () => {
  bench = await FaultBench.start();
}, LIMIT_MS);

beforeEach(async () => {
  world = await bench.world({ accounts: 2 });
  ({ id: connectionId, account } = nth(world.connections, 1));
  flow = new ConsentFlow(bench, world.key);
});

afterEach(() => bench.heal());
afterAll(() => bench?.stop());

/** The owner takes the access back; answers the path of the link that mends it. */
async function stopped(): Promise<string> {
  await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
  const path = `/api/connections/${connectionId}/refresh`;
  const { body } = await bench.service.call('POST', path, { key: world.key });
  return String(body.reauth_url).replace(bench.service.url, '');
}

const open = (path: string, language = 'en'): Promise<Answer> =>
  flow.visit(path, { Accept: HTML, 'Accept-Language': language });
const begun = (): Promise<number> => bench.count('oauth_states');

describe('pages for people, over HTTP', () => {
  it('F65: carry a policy that lets nothing in, are stored nowhere, and pass their address on to nobody', async () => {
    const pages = [
      await open(await stopped()),
      await open(`${LINK}forged`),
      await open('/api/oauth/google/callback?error=access_denied&state=unknown'),
      await open(await flow.consent({ connection_id: connectionId }, { account })),
    ];
    expect(pages.map(({ status }) => status)).toEqual([200, 400, 400, 200]);
    for (const { headers, body } of pages) {
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^;]+; form-action 'none'; frame-anc/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(body).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/);
    }
  });

  it('a link that is opened again and again begins nothing; its button begins a consent each time', async () => {
    const link = await stopped();
    const before = await begun();
    const [first, second] = [await open(link), await open(link)];
    expect(first.body).toBe(second.body);
    expect(first.body).toContain(account);
    expect(await begun()).toBe(before);
    const button = /class="button" href="([^"]+)"/.exec(first.body)?.[1] ?? '';
    for (const round of [1, 2]) {
      const answer = await open(button.replace(bench.service.url, ''));
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toContain('/o/oauth2/v2/auth?');
      expect(await begun()).toBe(before + round);
    }
  });

  it.each([
    ['de-AT,de;q=0.9,en;q=0.5', 'de', 'Verbinden Sie Ihren Kalender neu', 'Weiter zu Google'],
    ['fr,en;q=0.5,de;q=0.4', 'en', 'Reconnect your calendar', 'Continue to Google'],
    ['fr', 'en', 'Reconnect your calendar', 'Continue to Google'],
  ])('speak the language that is asked for: %s', async (accepted, language, title, label) => {
    const { headers, body } = await open(await stopped(), accepted);
    expect(headers.get('content-language')).toBe(language);
    expect(body).toContain(`<html lang="${language}">`);
    expect(body).toContain(`>${title}</h1>`);
    expect(body).toContain(`>${label}</a>`);
  });

  it.each([['application/json'], ['*/*'], ['application/json, text/html;q=0']])(
    'are not for programs: %s',
    async (accept) => {
      const link = await stopped();
      const answer = await flow.visit(link, { Accept: accept });
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toContain('/o/oauth2/v2/auth?');
      expect(await flow.visit(`${LINK}forged`, { Accept: accept })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ field: 'link' }] },
      });
      const back = await flow.consent({ connection_id: connectionId }, { account });
      expect(await flow.visit(back, { Accept: accept })).toMatchObject({
        status: 200,
        body: { connection: { id: connectionId, auth_status: 'active' }, calendars: [{}] },
      });
      const refused = await flow.consent({ connection_id: connectionId }, { deny: true });
      expect(await flow.visit(refused, { Accept: accept })).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ field: 'error' }] },
      });
    },
  );
});

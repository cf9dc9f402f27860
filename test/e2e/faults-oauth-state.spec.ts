import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench } from '../support/fault-bench.js';
import type { World } from '../support/world.js';

const RETURN_URL = 'https://app.example.com/connected';

/** F64: what comes back from a browser may have been through anyone's hands. */
describe('OAuth state and return addresses', () => {
  let bench: FaultBench;
  let world: World;
  let flow: ConsentFlow;

  beforeAll(async () => {
    bench = await FaultBench.start({ ALLOWED_RETURN_URLS: RETURN_URL });
    world = await bench.world({ accounts: 1 });
    flow = new ConsentFlow(bench, world.key);
  });

  beforeEach(() => bench.heal());
  afterAll(() => bench?.stop());

  const CASES: [string, (path: string) => Promise<string>][] = [
    ['missing', async (path) => path.replace(/state=[^&]*&?/, '')],
    ['empty', async (path) => path.replace(/state=[^&]*/, 'state=')],
    ['altered', async (path) => path.replace(/state=(.)/, (_all, c) => `state=${c === 'A' ? 'B' : 'A'}`)],
    ['given twice', async (path) => `${path}&state=other`],
    ['too old', async (path) => spoiled(path, `expires_at = now() - interval '1 second'`)],
    ['of another provider', async (path) => spoiled(path, `provider = 'other'`)],
    ['said to come from another provider', async (path) => from(path, 'https://login.example')],
    ['said to come from nobody', async (path) => from(path, '')],
  ];

  const from = (path: string, issuer: string): string =>
    path.replace(/iss=[^&]*/, `iss=${encodeURIComponent(issuer)}`);

  it('F64: an answer may leave out who gave it, as long as nobody else is named', async () => {
    const email = await flow.newcomer();
    const path = await flow.consent({}, { account: email });
    expect(path).toContain(`iss=${encodeURIComponent('https://accounts.google.com')}`);
    expect(await flow.visit(path.replace(/iss=[^&]*&/, ''))).toMatchObject({ status: 200 });
  });

  it.each([
    ['as JSON', {}, { Accept: 'application/json' }],
    ['as a page', {}, { Accept: 'text/html' }],
    ['on the way back', { return_url: RETURN_URL }, {}],
  ])('F64: what Google sent along leaks into nothing that follows, %s', async (_how, wish, headers) => {
    const account = await flow.newcomer();
    const [agreed, denied] = [
      await flow.consent(wish, { account }),
      await flow.consent(wish, { deny: true }),
    ];
    for (const path of [agreed, denied, agreed]) {
      const answer = await flow.visit(path, headers);
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const told = JSON.stringify([[...answer.headers], answer.body]);
      const { searchParams } = new URL(path, 'http://x');
      for (const name of ['code', 'state'])
        expect(told).not.toContain(searchParams.get(name) ?? '(there is no code)');
    }
  });

  it('F64: the way back tells whose connection it is, and nothing else', async () => {
    const email = await flow.newcomer();
    const back = await flow.visit(await flow.consent({ return_url: RETURN_URL }, { account: email }));
    expect(back.status).toBe(302);
    const id = await flow.connectionIdOf(email);
    expect(back.headers.get('location')).toBe(`${RETURN_URL}?status=connected&connection_id=${id}`);
  });

  async function spoiled(path: string, change: string): Promise<string> {
    await bench.db.query(`UPDATE oauth_states SET ${change}`);
    return path;
  }

  it.each(CASES)(
    'F64: a state that is %s: 400 without a hint, no exchange, nothing stored',
    async (_name, spoil) => {
      const email = await flow.newcomer();
      const answer = await flow.visit(await spoil(await flow.consent({}, { account: email })));
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toBe(
        'state: this authorization is not under way; start again from where you came',
      );
      expect(bench.calls('token')).toBe(0);
      expect(await flow.connectionsOf(email)).toBe(0);
    },
  );

  it('F64: a state used twice, or by two at once: one connects, the others get 400, with one exchange', async () => {
    const email = await flow.newcomer();
    const path = await flow.consent({}, { account: email });
    const answers = await Promise.all([flow.visit(path), flow.visit(path), flow.visit(path)]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400, 400]);
    expect((await flow.visit(path)).status).toBe(400);
    expect(bench.calls('token.code')).toBe(1);
  });

  it('F64: a state is long, random, stored as a hash only, and bound to PKCE', async () => {
    const [one, other] = [await flow.authorize(), await flow.authorize()];
    expect(Buffer.from(one.state, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(other.state).not.toBe(one.state);
    const { rows } = await bench.db.query('SELECT * FROM oauth_states');
    expect(JSON.stringify(rows)).not.toContain(one.state);
    const query = new URL(one.authorization_url).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  });

  it('F64: a state cannot be redeemed by a code that was made for another state’s challenge', async () => {
    const email = await flow.newcomer();
    const [victim, attacker] = [
      await flow.consent({}, { account: world.connections[0]?.account }),
      await flow.consent({}, { account: email }),
    ];
    const code = new URL(attacker, 'http://x').searchParams.get('code') ?? '';
    const mixed = victim.replace(/code=[^&]*/, `code=${encodeURIComponent(code)}`);
    expect((await flow.visit(mixed)).status).toBe(400);
    expect(await flow.connectionsOf(email)).toBe(0);
  });

  it.each([
    ['//evil.example'],
    ['/\\evil.example'],
    ['https:evil.example'],
    ['%2f%2fevil.example'],
    ['https://app.example.com@evil.example/connected'],
    [`${RETURN_URL}.evil.example`],
    [`${RETURN_URL}?next=//evil.example`],
    [`${RETURN_URL}\r\nSet-Cookie: a=b`],
    ['javascript:alert(1)'],
  ])('F64: the return address %j is refused before anybody is sent anywhere', async (returnUrl) => {
    const answer = await bench.service.call('POST', '/api/oauth/google/authorize', {
      key: world.key,
      body: { return_url: returnUrl },
    });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'return_url' }] } });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { forgetting, keyring, OLD_AND_NEW, ONLY_NEW, ONLY_OLD, type Keyring } from '../support/keyring.js';
import { connectedSchema, type Schema } from '../support/schema.js';

let schema: Schema;
let before: Keyring;
let after: Keyring;
let workspaceId: string;

beforeAll(async () => {
  schema = await connectedSchema();
  before = keyring(schema, ONLY_OLD);
  after = keyring(schema, OLD_AND_NEW);
});

beforeEach(async () => {
  await schema.source.query('TRUNCATE workspaces CASCADE');
  workspaceId = await schema.addWorkspace();
});

afterAll(() => schema.drop());

const alter = (sql: string, ...values: unknown[]): Promise<unknown> => schema.source.query(sql, values);

describe('rotation', () => {
  it('brings every secret under the first key, and each still opens', async () => {
    const ids = await before.connect(workspaceId, 3);
    await before.states.save('state', before.pending(workspaceId), 600_000);
    expect(await after.reencrypt.execute()).toEqual({
      checked: 7,
      reencrypted: 7,
      undecryptable: 0,
      remaining: 0,
    });
    const retired = keyring(schema, ONLY_NEW);
    await retired.requireKeys();
    expect(await retired.tokensOf(ids[1])).toEqual(['access-1', 'refresh-1']);
    expect((await retired.states.redeem('state'))?.codeVerifier.reveal()).toBe('the-verifier');
  });

  it('touches nothing else of a connection', async () => {
    const [id] = await before.connect(workspaceId, 1);
    const rest = `SELECT to_jsonb(c) - 'access_token' - 'refresh_token' AS rest FROM connections c WHERE id = $1`;
    const known = await schema.source.query(rest, [id]);
    await after.reencrypt.execute();
    expect(await schema.source.query(rest, [id])).toEqual(known);
  });

  it('walks through more than a batch, tells how far it is, and finds nothing the second time', async () => {
    await before.connect(workspaceId, 600);
    const seen: [number, number][] = [];
    const outcome = await after.reencrypt.execute((...progress) => seen.push(progress));
    expect(outcome).toMatchObject({ checked: 1200, reencrypted: 1200, remaining: 0 });
    expect(seen).toEqual([
      [500, 1200],
      [600, 1200],
      [1100, 1200],
      [1200, 1200],
    ]);
    expect(await after.reencrypt.execute()).toMatchObject({ checked: 0, reencrypted: 0 });
  });

  it('that is interrupted leaves every secret whole, and the next run does the rest', async () => {
    const ids = await before.connect(workspaceId, 600);
    const interrupted = after.reencrypt.execute(() => {
      throw new Error('interrupted');
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(await after.uses()).toEqual({ new: ['active', 500], old: ['configured', 700] });
    for (const id of [ids[0], ids[599]]) expect(await after.tokensOf(id)).toEqual(['access-1', 'refresh-1']);
    expect(await after.reencrypt.execute()).toMatchObject({ checked: 700, reencrypted: 700, remaining: 0 });
  });

  it('never brings back a token that was replaced while it ran', async () => {
    const [id = ''] = await before.connect(workspaceId, 1);
    const [stale] = await after.secrets.notUnder('new', null, 1);
    if (stale === undefined) throw new Error('nothing to do');
    await after.connectAgain(workspaceId, 0, 'access-2');
    expect(await after.secrets.replace(stale, 'new.stale')).toBe(false);
    expect(await after.tokensOf(id)).toEqual(['access-2', 'refresh-1']);
  });

  it('tells of secrets that were written under another key meanwhile', async () => {
    await before.connect(workspaceId, 2);
    const walked = after.secrets.notUnder.bind(after.secrets);
    after.secrets.notUnder = async (...wanted) => {
      const batch = await walked(...wanted);
      if (batch.length === 0) await before.connectAgain(workspaceId, 0, 'access-2');
      return batch;
    };
    const outcome = await after.reencrypt.execute().finally(() => (after.secrets.notUnder = walked));
    expect(outcome).toEqual({ checked: 4, reencrypted: 4, undecryptable: 0, remaining: 2 });
    expect(await after.reencrypt.execute()).toMatchObject({ reencrypted: 2, remaining: 0 });
    expect(await after.uses()).toEqual({ new: ['active', 4], old: ['configured', 0] });
  });

  it('by two at once leaves every secret whole', async () => {
    const ids = await before.connect(workspaceId, 200);
    const outcomes = await Promise.all([after.reencrypt.execute(), after.reencrypt.execute()]);
    expect(outcomes[0].reencrypted + outcomes[1].reencrypted).toBe(400);
    for (const id of ids) expect(await after.tokensOf(id)).toEqual(['access-1', 'refresh-1']);
  });

  it('leaves what does not open as it is, counts it, and goes on', async () => {
    const ids = await before.connect(workspaceId, 4);
    await alter(`UPDATE connections SET access_token = 'lost.AAAA' WHERE id = $1`, ids[0]);
    await alter(`UPDATE connections SET access_token = 'no ciphertext' WHERE id = $1`, ids[1]);
    await alter(
      'UPDATE connections SET access_token = (SELECT access_token FROM connections WHERE id = $2) WHERE id = $1',
      ids[2],
      ids[3],
    );
    expect(await after.reencrypt.execute()).toEqual({
      checked: 8,
      reencrypted: 5,
      undecryptable: 3,
      remaining: 3,
    });
    expect(await after.uses()).toEqual({
      new: ['active', 5],
      old: ['wrong', 1],
      lost: ['missing', 1],
      null: ['malformed', 1],
    });
    const reported = after.log.lines.filter(({ event }) => event === 'secret.undecryptable');
    // Commands log errors only.
    expect(new Set(reported.map(({ level }) => level))).toEqual(new Set(['error']));
    expect(new Set(reported.map(({ fields }) => fields['place']))).toEqual(
      new Set([ids[1], ids[2]].map((id) => `connections/${id}/access_token`)),
    );
  });

  it('does not begin with a wrong key under the first id', async () => {
    await before.connect(workspaceId, 1);
    const wrong = keyring(schema, new Map([['old', Buffer.alloc(32, 99)]]));
    await expect(wrong.reencrypt.execute()).rejects.toThrow('key id old stands for another key');
  });
});

describe('the start', () => {
  it('needs nothing while nothing is stored', async () => {
    await keyring(schema, ONLY_NEW).requireKeys();
  });

  it('is refused without a key that stored secrets name, with its id and their number', async () => {
    await before.connect(workspaceId, 3);
    await expect(keyring(schema, ONLY_NEW).requireKeys()).rejects.toThrow(
      'ENCRYPTION_KEYS: key id old is missing, and 6 stored secrets can only be opened with it',
    );
    await after.requireKeys();
  });

  it.each([0, 1])('is refused with another key under a known id (place %i)', async (place) => {
    await before.connect(workspaceId, 30);
    const wrong: [string, Buffer] = ['old', Buffer.alloc(32, 99)];
    const right: [string, Buffer] = ['new', Buffer.alloc(32, 2)];
    const error: unknown = await keyring(schema, new Map(place === 0 ? [wrong, right] : [right, wrong]))
      .requireKeys()
      .catch((refusal: unknown) => refusal);
    expect(String(error)).toContain(
      'key id old stands for another key than the one that 60 stored secrets were',
    );
    for (const encoding of ['base64', 'base64url', 'hex'] as const)
      expect(String(error)).not.toContain(wrong[1].toString(encoding));
  });

  it.each([
    ['altered', `left(access_token, 20) || 'x' || substr(access_token, 22)`],
    ['copied from another column', 'refresh_token'],
    ['no ciphertext at all', `'plain'`],
  ])('is not stopped by a secret that is %s', async (_what, expression) => {
    const [id] = await before.connect(workspaceId, 2);
    await alter(`UPDATE connections SET access_token = ${expression} WHERE id = $1`, id);
    await before.requireKeys();
  });

  it('is not stopped by a verifier whose time is over', async () => {
    await before.states.save('state', before.pending(workspaceId), 600_000);
    await expect(keyring(schema, ONLY_NEW).requireKeys()).rejects.toThrow('1 stored secret can only');
    await alter(`UPDATE oauth_states SET expires_at = now() - interval '1 second'`);
    await keyring(schema, ONLY_NEW).requireKeys();
  });

  it('costs little with very many connections', async () => {
    await before.connect(workspaceId, 1);
    await alter(`INSERT INTO connections (id, workspace_id, provider, account_email, auth_status, access_token, refresh_token)
      SELECT gen_random_uuid(), workspace_id, 'google', 'copy' || n, 'active', access_token, refresh_token
      FROM connections, generate_series(1, 20000) n`);
    const startedAt = performance.now();
    await before.requireKeys().catch(() => undefined);
    expect(performance.now() - startedAt).toBeLessThan(1500);
  });
});

describe('a lost key', () => {
  it('can be forgotten: what it sealed is erased, the rest stays', async () => {
    const [lost = '', kept = ''] = await before.connect(workspaceId, 2);
    await before.states.save('state', before.pending(workspaceId), 600_000);
    await after.connectAgain(workspaceId, 1, 'access-2');
    await alter(`UPDATE connections SET refresh_token = NULL WHERE id = $1`, kept);
    const retired = keyring(schema, ONLY_NEW);
    expect(await forgetting(schema, ONLY_NEW).execute('old')).toBe(3);
    await retired.requireKeys();
    expect(await retired.tokensOf(lost)).toEqual([null, null]);
    expect(await retired.tokensOf(kept)).toEqual(['access-2', null]);
    expect(await retired.states.redeem('state')).toBeNull();
  });

  it('is not lost while it is configured', async () => {
    await before.connect(workspaceId, 1);
    await expect(forgetting(schema, OLD_AND_NEW).execute('old')).rejects.toThrow('Key id old is configured');
    expect(await before.uses()).toEqual({ old: ['active', 2] });
  });
});

describe('the secret of a webhook', () => {
  const DRAFT = { url: 'https://hooks.example.com', events: [], description: null, active: true };
  const HOUR = 3_600_000;
  let id: string;

  beforeEach(async () => {
    id = (await before.webhooks.add(workspaceId, DRAFT))?.webhook.id ?? '';
    await before.webhooks.rotateSecret(id, 'all', HOUR);
  });

  const texts = async (with_: Keyring): Promise<string[]> =>
    (await with_.webhooks.secrets(id)).map((secret) => secret.reveal());

  it('comes under the first key like any other, with the one before', async () => {
    const secrets = await texts(before);
    expect(secrets).toHaveLength(2);
    await expect(keyring(schema, ONLY_NEW).requireKeys()).rejects.toThrow('2 stored secrets can only');
    expect(await after.reencrypt.execute()).toMatchObject({ checked: 2, reencrypted: 2, remaining: 0 });
    const retired = keyring(schema, ONLY_NEW);
    await retired.requireKeys();
    expect(await texts(retired)).toEqual(secrets);
  });

  it('is erased with a lost key: its webhook is switched off, and says why', async () => {
    expect(await forgetting(schema, ONLY_NEW).execute('old')).toBe(2);
    const retired = keyring(schema, ONLY_NEW);
    expect(await texts(retired)).toEqual([]);
    expect(await retired.webhooks.find(id, 'all')).toMatchObject({
      active: false,
      disabled: { reason: 'secret_lost' },
    });
    await retired.webhooks.rotateSecret(id, 'all', HOUR);
    expect(await texts(retired)).toHaveLength(1);
  });

  it('holds nothing up when it is the one before, and its time is over', async () => {
    await alter('UPDATE webhooks SET secret = NULL');
    await expect(keyring(schema, ONLY_NEW).requireKeys()).rejects.toThrow('1 stored secret can only');
    await alter(`UPDATE webhooks SET previous_secret_until = now() - interval '1 second'`);
    await keyring(schema, ONLY_NEW).requireKeys();
  });
});

describe('a verifier that does not open', () => {
  it.each([
    ['another row', `(SELECT code_verifier FROM oauth_states WHERE state_hash <> s.state_hash LIMIT 1)`],
    ['an unknown key', `'lost' || substr(code_verifier, 4)`],
    [
      'an altered text',
      `substr(code_verifier, 1, 20) || translate(substr(code_verifier, 21, 1),
      'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_',
      'bcdefghijklmnopqrstuvwxyzaBCDEFGHIJKLMNOPQRSTUVWXYZA1234567890_-') || substr(code_verifier, 22)`,
    ],
  ])('makes the state unusable: %s', async (_what, expression) => {
    await before.states.save('mine', before.pending(workspaceId), 600_000);
    await before.states.save('other', before.pending(workspaceId), 600_000);
    await alter(`UPDATE oauth_states s SET code_verifier = ${expression}`);
    expect(await before.states.redeem('mine')).toBeNull();
  });
});

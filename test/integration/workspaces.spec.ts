import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { ApiKeyEntity } from '../../src/workspaces/persistence/api-key.entity.js';
import { PostgresApiKeys } from '../../src/workspaces/persistence/postgres-api-keys.js';
import { PostgresWorkspaces } from '../../src/workspaces/persistence/postgres-workspaces.js';
import { WorkspaceEntity } from '../../src/workspaces/persistence/workspace.entity.js';
import type { Workspaces } from '../../src/workspaces/workspaces.js';
import { InMemoryWorkspaces } from '../fakes/in-memory-workspaces.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const NOON = Date.UTC(2027, 2, 10, 12);
const ids = new RandomIds();
const UNKNOWN = ids.next();

let schema: Schema;
let keys: PostgresApiKeys;
const clock = new FixedClock(NOON);

beforeAll(async () => {
  schema = await connectedSchema();
  keys = new PostgresApiKeys(schema.source.getRepository(ApiKeyEntity), ids, clock);
});

afterAll(() => schema.drop());

const kinds: [string, () => Workspaces][] = [
  ['InMemoryWorkspaces', () => new InMemoryWorkspaces(ids, clock)],
  [
    'PostgresWorkspaces',
    () => new PostgresWorkspaces(schema.source.getRepository(WorkspaceEntity), ids, clock),
  ],
];

describe.each(kinds)('%s', (_, make) => {
  it('keeps what it was given', async () => {
    const workspaces = make();
    const added = await workspaces.add({ name: 'Ünïcode & Co', timezone: 'Europe/Berlin' });
    expect(added).toEqual({
      id: expect.any(String),
      name: 'Ünïcode & Co',
      timezone: 'Europe/Berlin',
      adminEmail: null,
      language: 'en',
      createdAt: NOON,
    });
    expect(await workspaces.find(added.id)).toEqual(added);
    expect(await workspaces.all()).toContainEqual(added);
  });

  it('changes only what was asked for', async () => {
    const workspaces = make();
    const { id, ...rest } = await workspaces.add({ name: 'Before', timezone: 'UTC' });
    expect(await workspaces.change(id, { name: 'After' })).toEqual({ ...rest, id, name: 'After' });
    expect(await workspaces.change(id, { timezone: 'Asia/Kathmandu' })).toMatchObject({
      name: 'After',
      timezone: 'Asia/Kathmandu',
    });
    expect(await workspaces.change(id, {})).toMatchObject({ name: 'After', timezone: 'Asia/Kathmandu' });
    const german = { language: 'de', adminEmail: 'it@example.com' } as const;
    expect(await workspaces.change(id, german)).toMatchObject({ name: 'After', ...german });
    expect(await workspaces.change(id, { adminEmail: null })).toMatchObject({ ...german, adminEmail: null });
    expect(await workspaces.change(UNKNOWN, { name: 'Nobody' })).toBeNull();
  });

  it('removes a workspace once', async () => {
    const workspaces = make();
    const { id } = await workspaces.add({ name: 'Short-lived', timezone: 'UTC' });
    expect(await workspaces.remove(id)).toBe(true);
    expect(await workspaces.remove(id)).toBe(false);
    expect(await workspaces.find(id)).toBeNull();
  });

  it('pages through all of them', async () => {
    const workspaces = make();
    const made: string[] = [];
    for (const name of ['A', 'B', 'C']) made.push((await workspaces.add({ name, timezone: 'UTC' })).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await workspaces.list({ limit: 1, ...(cursor === null ? {} : { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(expect.arrayContaining(made));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('removing a workspace', () => {
  it('removes everything in it and nothing else', async () => {
    const workspaces = new PostgresWorkspaces(schema.source.getRepository(WorkspaceEntity), ids, clock);
    const mine = await schema.addWorkspace();
    const theirs = await schema.addWorkspace();
    for (const id of [mine, theirs]) {
      await schema.addCalendar(id, await schema.addConnection(id));
      await keys.issue(id, 'key');
    }
    await workspaces.remove(mine);
    for (const table of ['connections', 'calendars', 'api_keys']) {
      const rows: { workspace_id: string }[] = await schema.source.query(
        `SELECT workspace_id FROM ${table} WHERE workspace_id = ANY ($1)`,
        [[mine, theirs]],
      );
      expect(rows).toEqual([{ workspace_id: theirs }]);
    }
  });
});

describe('API keys', () => {
  it('open their workspace', async () => {
    const workspaceId = await schema.addWorkspace();
    const { key, secret } = await keys.issue(workspaceId, 'CI');
    expect(key).toEqual({ id: expect.any(String), workspaceId, name: 'CI', createdAt: NOON });
    expect(await keys.find(secret.reveal())).toMatchObject({ workspaceId });
  });

  it('are long, recognizable and never the same', async () => {
    const workspaceId = await schema.addWorkspace();
    const issued = await Promise.all([1, 2, 3].map(() => keys.issue(workspaceId, 'CI')));
    const texts = issued.map(({ secret }) => secret.reveal());
    for (const text of texts) expect(text).toMatch(/^slk_[\w-]{43,}$/);
    expect(new Set(texts).size).toBe(3);
  });

  it('are stored as hashes only', async () => {
    const { key, secret } = await keys.issue(await schema.addWorkspace(), 'CI');
    const text = secret.reveal();
    const [row]: { text: string; bytes: number }[] = await schema.source.query(
      'SELECT k::text AS text, length(key_hash) AS bytes FROM api_keys k WHERE id = $1',
      [key.id],
    );
    expect(row?.bytes).toBe(32);
    for (const form of [
      text,
      text.slice(4),
      Buffer.from(text).toString('hex'),
      Buffer.from(text.slice(4), 'base64url').toString('hex'),
    ])
      expect(row?.text).not.toContain(form);
  });

  it.each<[string, (text: string) => string]>([
    ['in part', (text) => text.slice(0, -1)],
    ['with more after it', (text) => `${text}a`],
    ['in another letter case', (text) => text.toUpperCase()],
    ['without its beginning', (text) => text.slice(4)],
    ['when empty', () => ''],
    ['when it is a wildcard', () => 'slk_%'],
  ])('open nothing %s', async (_, altered) => {
    const { secret } = await keys.issue(await schema.addWorkspace(), 'CI');
    expect(await keys.find(altered(secret.reveal()))).toBeNull();
  });

  it('open nothing once revoked, and the others go on', async () => {
    const workspaceId = await schema.addWorkspace();
    const [kept, revoked] = [await keys.issue(workspaceId, 'kept'), await keys.issue(workspaceId, 'revoked')];
    expect(await keys.revoke(workspaceId, revoked.key.id)).toBe(true);
    expect(await keys.revoke(workspaceId, revoked.key.id)).toBe(false);
    expect(await keys.find(revoked.secret.reveal())).toBeNull();
    expect(await keys.find(kept.secret.reveal())).toEqual(kept.key);
  });

  it('are listed and revoked within their workspace only', async () => {
    const [mine, theirs] = [await schema.addWorkspace(), await schema.addWorkspace()];
    const { key, secret } = await keys.issue(mine, 'CI');
    expect((await keys.list(mine, { limit: 50 })).items).toEqual([key]);
    expect((await keys.list(theirs, { limit: 50 })).items).toEqual([]);
    expect(await keys.revoke(theirs, key.id)).toBe(false);
    expect(await keys.find(secret.reveal())).toMatchObject({ workspaceId: mine });
  });
});

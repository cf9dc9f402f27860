import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditFilter, AuditLog } from '../../src/audit/audit-log.js';
import { AuditEntryEntity } from '../../src/audit/persistence/audit-entry.entity.js';
import { PostgresAuditLog } from '../../src/audit/persistence/postgres-audit-log.js';
import { ADMIN, CLI } from '../../src/shared/author.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { PageQuery } from '../../src/shared/page.js';
import { InMemoryAuditLog } from '../fakes/in-memory-audit-log.js';
import { anAuditEntry } from '../support/an-audit-entry.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const DAY_MS = 86_400_000;
const EVERYTHING: AuditFilter = {
  workspaceId: null,
  actor: null,
  action: null,
  objectId: null,
  from: null,
  to: null,
};
const ids = new RandomIds();

let schema: Schema;

beforeAll(async () => {
  schema = await connectedSchema();
});

afterAll(() => schema.drop());

interface Bench {
  readonly audit: AuditLog;
  /** All entries so far were made so long ago. */
  age(days: number): Promise<void>;
}

function inMemory(): Bench {
  const clock = new FixedClock(Date.now());
  const age = async (days: number): Promise<void> => clock.advance(days * DAY_MS);
  return { audit: new InMemoryAuditLog(clock), age };
}

/** Rows are never changed, so that older ones are added in their stead. */
async function inPostgres(): Promise<Bench> {
  await withoutTriggers('DELETE FROM audit_log');
  const audit = new PostgresAuditLog(schema.source.getRepository(AuditEntryEntity));
  const age = (days: number) =>
    withoutTriggers(`UPDATE audit_log SET created_at = created_at - interval '${days} days'`);
  return { audit, age };
}

async function withoutTriggers(sql: string): Promise<void> {
  await schema.source.query('ALTER TABLE audit_log DISABLE TRIGGER USER');
  await schema.source.query(sql);
  await schema.source.query('ALTER TABLE audit_log ENABLE TRIGGER USER');
}

const page = (limit: number, cursor?: string): PageQuery =>
  Object.assign(new PageQuery(), { limit }, cursor === undefined ? {} : { cursor });

describe.each<[string, () => Bench | Promise<Bench>]>([
  ['in memory', inMemory],
  ['in Postgres', inPostgres],
])('an audit log %s', (_, benchOf) => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await benchOf();
  });

  const actions = async (filter: Partial<AuditFilter>): Promise<string[]> =>
    (await bench.audit.list({ ...EVERYTHING, ...filter }, page(200))).items.map(({ action }) => action);

  it('keeps what it is told', async () => {
    const entry = anAuditEntry({ author: { actor: 'key:1', name: 'Ünïcode "quoted"' }, code: 'conflict' });
    await bench.audit.add([entry, anAuditEntry({ workspaceId: null, objectId: null, requestId: null })]);
    const { items } = await bench.audit.list(EVERYTHING, page(10));
    const stored = { id: expect.any(String), at: expect.any(Number), objectType: 'booking' };
    expect(items).toHaveLength(2);
    expect(items).toContainEqual({ ...entry, ...stored });
    expect(Math.abs((items[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('is searched by workspace, actor, action and object', async () => {
    const [workspaceId, objectId] = [ids.next(), ids.next()];
    await bench.audit.add([
      anAuditEntry({ action: 'a', workspaceId }),
      anAuditEntry({ action: 'b', author: CLI }),
      anAuditEntry({ action: 'c', objectId }),
    ]);
    expect(await actions({ workspaceId })).toEqual(['a']);
    expect(await actions({ actor: CLI.actor })).toEqual(['b']);
    expect(await actions({ action: 'c' })).toEqual(['c']);
    expect(await actions({ objectId })).toEqual(['c']);
    expect(await actions({ objectId, actor: CLI.actor })).toEqual([]);
    expect((await actions({ actor: ADMIN.actor })).sort()).toEqual(['a', 'c']);
  });

  it('is searched by time, from an instant on and before another', async () => {
    await bench.audit.add([anAuditEntry({ action: 'old' })]);
    await bench.age(1);
    await bench.audit.add([anAuditEntry({ action: 'new' })]);
    const { items } = await bench.audit.list({ ...EVERYTHING, action: 'new' }, page(1));
    const at = items[0]?.at ?? 0;
    expect(await actions({ from: at })).toEqual(['new']);
    expect(await actions({ to: at })).toEqual(['old']);
    expect(await actions({})).toEqual(['old', 'new']);
  });

  it('is read page by page', async () => {
    await bench.audit.add([1, 2, 3].map((n) => anAuditEntry({ action: String(n) })));
    const first = await bench.audit.list(EVERYTHING, page(2));
    const rest = await bench.audit.list(EVERYTHING, page(2, first.next_cursor ?? ''));
    const seen = [...first.items, ...rest.items].map(({ action }) => action);
    expect([...seen].sort()).toEqual(['1', '2', '3']);
    expect(rest.next_cursor).toBeNull();
  });

  it('forgets what is older than it is told, and nothing of the last thirty days whatever it is told', async () => {
    await bench.audit.add([anAuditEntry({ action: 'very old' })]);
    await bench.age(70);
    await bench.audit.add([anAuditEntry({ action: 'old' })]);
    await bench.age(31);
    await bench.audit.add([anAuditEntry({ action: 'new' })]);
    const now = (await bench.audit.list({ ...EVERYTHING, action: 'new' }, page(1))).items[0]?.at ?? 0;
    expect(await bench.audit.forget(now - 100 * DAY_MS)).toBe(1);
    expect(await actions({})).toEqual(['old', 'new']);
    expect(await bench.audit.forget(now + DAY_MS)).toBe(1);
    expect(await actions({})).toEqual(['new']);
  });
});

describe('the table of the audit log', () => {
  beforeEach(async () => {
    const { audit, age } = await inPostgres();
    await audit.add([anAuditEntry()]);
    await age(100);
  });

  it.each([
    [`UPDATE audit_log SET action = 'nothing'`],
    ['DELETE FROM audit_log'],
    ['TRUNCATE audit_log'],
    ['TRUNCATE audit_log CASCADE'],
    [`INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (id) DO UPDATE SET action = 'nothing'`],
  ])('refuses %s', async (sql) => {
    const before: unknown = await schema.source.query('SELECT * FROM audit_log');
    await expect(schema.source.query(sql)).rejects.toThrow('audit_log is append-only');
    expect(await schema.source.query('SELECT * FROM audit_log')).toEqual(before);
  });

  it('lets go of nothing after the function that may has ended', async () => {
    await schema.source.query(`SELECT forget_audit_log(now() - interval '1000 days')`);
    await expect(schema.source.query('DELETE FROM audit_log')).rejects.toThrow('append-only');
  });

  it('outlives the workspace that it tells of', async () => {
    const workspaceId = await schema.addWorkspace();
    const audit = new PostgresAuditLog(schema.source.getRepository(AuditEntryEntity));
    await audit.add([anAuditEntry({ workspaceId })]);
    await schema.source.query('DELETE FROM workspaces WHERE id = $1', [workspaceId]);
    expect((await audit.list({ ...EVERYTHING, workspaceId }, page(1))).items).toHaveLength(1);
  });
});

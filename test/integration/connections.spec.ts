import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TOKEN_UNDECRYPTABLE } from '../../src/oauth/connection.js';
import type { Connections, Due, RefreshPoint } from '../../src/oauth/connections.js';
import { ConnectionEntity } from '../../src/oauth/persistence/connection.entity.js';
import { PostgresConnections } from '../../src/oauth/persistence/postgres-connections.js';
import { Cipher, Undecryptable } from '../../src/shared/cipher.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { InMemoryConnections } from '../fakes/in-memory-connections.js';
import { aFailure, refusedClient, revokedGrant, unauthorizedClient } from '../support/a-failure.js';
import { aGrant } from '../support/a-grant.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const SCOPES = ['openid', 'calendar'];
const LEASE_MS = 15_000;
const UNKNOWN = new RandomIds().next();
const START: Due = { id: '00000000-0000-0000-0000-000000000000', expiresAt: -1 };
const SIMULTANEOUS = Array.from({ length: 20 }, (_, n) => n);

interface World {
  readonly connections: Connections;
  addWorkspace(): Promise<string>;
  /** Time goes on to when the present lease has lapsed. */
  lapse(id: string): Promise<void>;
}

let schema: Schema;
let postgres: PostgresConnections;
let connections: Connections;
let addWorkspace: World['addWorkspace'];
let lapse: World['lapse'];
let workspaceId: string;
let ada: { workspaceId: string; email: string; sub: string | null };

beforeAll(async () => {
  schema = await connectedSchema();
  const cipher = new Cipher(new Map([['test', Buffer.alloc(32, 7)]]));
  const rows = schema.source.getRepository(ConnectionEntity);
  postgres = new PostgresConnections(rows, cipher, new RandomIds());
});

afterAll(() => schema.drop());

const postgresWorld = (): World => ({
  connections: postgres,
  addWorkspace: () => schema.addWorkspace(),
  lapse: async (id) => {
    await schema.source.query(
      `UPDATE connections SET refresh_lease_until = now() - interval '1 millisecond' WHERE id = $1`,
      [id],
    );
  },
});

function memoryWorld(): World {
  const clock = new FixedClock(Date.now());
  const ids = new RandomIds();
  return {
    connections: new InMemoryConnections(ids, clock),
    addWorkspace: async () => ids.next(),
    lapse: async () => clock.advance(LEASE_MS + 1),
  };
}

async function enter(world: World): Promise<void> {
  ({ connections, addWorkspace, lapse } = world);
  workspaceId = await addWorkspace();
  ada = { workspaceId, email: 'ada@example.com', sub: '1001' };
}

const connect = async (grant = aGrant()): Promise<string> =>
  (await connections.connect(ada, grant, SCOPES)).id;

const connectAs = async (email: string): Promise<string> =>
  (await connections.connect({ workspaceId, email, sub: email }, aGrant(), SCOPES)).id;

/** The tokens as text, and everything a refresh sets out from. */
async function state(id: string) {
  const tokens = await connections.tokens(id);
  if (tokens === null) throw new Error('no such connection');
  const { accessToken, refreshToken, ...rest } = tokens;
  return { ...rest, access: accessToken?.reveal() ?? null, refresh: refreshToken?.reveal() ?? null };
}

async function lease(id: string, leaseMs = LEASE_MS): Promise<string> {
  const leaseId = await connections.leaseRefresh(id, await state(id), leaseMs);
  if (leaseId === null) throw new Error('The lease was not given.');
  return leaseId;
}

describe.each([
  ['InMemoryConnections', memoryWorld],
  ['PostgresConnections', postgresWorld],
])('%s', (_name, makeWorld) => {
  beforeEach(() => enter(makeWorld()));

  describe('connecting an account', () => {
    it('stores its tokens so that they can be read back', async () => {
      const expiresAt = Date.UTC(2099, 0, 1, 12, 0, 0, 123);
      const connection = await connections.connect(ada, aGrant({ expiresAt }), SCOPES);
      expect(connection).toMatchObject({
        workspaceId,
        provider: 'google',
        accountEmail: 'ada@example.com',
        accountSub: '1001',
        authStatus: 'active',
        lastError: null,
        scopes: SCOPES,
        tokenExpiresAt: expiresAt,
      });
      expect(await state(connection.id)).toMatchObject({
        access: 'access-1',
        refresh: 'refresh-1',
        version: 1,
        expiresAt,
      });
    });

    it('again, keeps its id and takes the new tokens', async () => {
      const id = await connect();
      expect(await connect(aGrant({ access: 'access-2', refresh: 'refresh-2' }))).toBe(id);
      expect(await state(id)).toMatchObject({ access: 'access-2', refresh: 'refresh-2', version: 2 });
    });

    it('again without a refresh token, keeps the stored one (F14)', async () => {
      const id = await connect();
      await connect(aGrant({ access: 'access-2', refresh: null }));
      expect(await state(id)).toMatchObject({ access: 'access-2', refresh: 'refresh-1' });
    });

    it('again without telling who it is, keeps the known subject', async () => {
      await connect();
      expect(await connections.connect({ ...ada, sub: null }, aGrant(), SCOPES)).toMatchObject({
        accountSub: '1001',
      });
    });

    it('again, ends what was wrong with it', async () => {
      const id = await connect();
      await connections.markNeedsReauth(id, 1, revokedGrant());
      expect(await connections.connect(ada, aGrant(), SCOPES)).toMatchObject({
        id,
        authStatus: 'active',
        lastError: null,
      });
    });

    it('again, ends the pause of a failed refresh and any lease', async () => {
      const id = await connect();
      await connections.postponeRefresh(id, await lease(id), aFailure(), 60_000);
      await connect();
      expect(await state(id)).toMatchObject({ refreshNotBefore: null });
      expect(await lease(id)).toEqual(expect.any(String));
    });

    it('from many consents at once, makes one connection whose tokens open', async () => {
      const ids = await Promise.all(
        SIMULTANEOUS.map((n) => connect(aGrant({ access: `access-${n}`, refresh: `refresh-${n}` }))),
      );
      expect(new Set(ids).size).toBe(1);
      const { access, refresh, version } = await state(ids[0] ?? '');
      expect(access?.replace('access', 'refresh')).toBe(refresh);
      expect(version).toBe(SIMULTANEOUS.length);
    });

    it('in two workspaces, makes two connections', async () => {
      const elsewhere = { ...ada, workspaceId: await addWorkspace() };
      expect((await connections.connect(elsewhere, aGrant(), SCOPES)).id).not.toBe(await connect());
    });
  });

  describe('finding connections', () => {
    it('sees those of the own workspace only, and all with the admin key', async () => {
      const id = await connect();
      const theirs = { workspaceId: await addWorkspace() };
      expect((await connections.find(id, { workspaceId }))?.id).toBe(id);
      expect((await connections.find(id, 'all'))?.id).toBe(id);
      expect(await connections.find(id, theirs)).toBeNull();
      expect(await connections.all(theirs)).toEqual([]);
      expect((await connections.list(theirs, { limit: 50 })).items).toEqual([]);
    });

    it('goes by account within a workspace', async () => {
      const id = await connect();
      expect((await connections.findByAccount(ada))?.id).toBe(id);
      expect(await connections.findByAccount({ ...ada, email: 'grace@example.com' })).toBeNull();
      expect(await connections.findByAccount({ ...ada, workspaceId: UNKNOWN })).toBeNull();
    });

    it('pages through all of a workspace', async () => {
      const made = [];
      for (const n of [1, 2, 3])
        made.push(
          (
            await connections.connect(
              { ...ada, email: `owner${n}@example.com`, sub: `${n}` },
              aGrant(),
              SCOPES,
            )
          ).id,
        );
      const first = await connections.list({ workspaceId }, { limit: 2 });
      const second = await connections.list({ workspaceId }, { limit: 2, cursor: first.next_cursor ?? '' });
      expect([...first.items, ...second.items].map(({ id }) => id).sort()).toEqual(made.sort());
      expect(second.next_cursor).toBeNull();
    });

    it('has no tokens for an unknown one', async () => {
      expect(await connections.tokens(UNKNOWN)).toBeNull();
      expect(await connections.revocable(UNKNOWN)).toBeNull();
    });
  });

  describe('tokens that expire soon', () => {
    it('are listed soonest first from any place on, of active connections that may be refreshed', async () => {
      const add = async (n: number, expiresAt: number): Promise<string> =>
        (
          await connections.connect(
            { ...ada, email: `owner${n}@example.com`, sub: `${n}` },
            aGrant({ expiresAt }),
            SCOPES,
          )
        ).id;
      const now = Date.now();
      const later = await add(1, now + 2000);
      const sooner = await add(2, now + 1000);
      const fresh = await add(3, now + 3_600_000);
      const stopped = await add(4, now + 1000);
      const paused = await add(5, now + 1000);
      await connections.markNeedsReauth(stopped, 1, revokedGrant());
      await connections.postponeRefresh(paused, await lease(paused), aFailure(), 60_000);
      const wish = { scope: { workspaceId }, force: false, marginMs: 300_000, lookaheadMs: 300_000 };
      const due = async (at: number, after = START, limit = 10): Promise<Due[]> =>
        connections.due({ ...wish, now: at }, after, limit);
      const ids = (found: readonly Due[]): string[] => found.map(({ id }) => id);
      expect(ids(await due(now + 2000))).toEqual([sooner, later]);
      const [first] = await due(now + 2000, START, 1);
      expect(first).toEqual({ id: sooner, expiresAt: now + 1000 });
      expect(ids(await due(now + 2000, first))).toEqual([later]);
      // Half an hour is the first half of its life, a quarter before the end is inside everybody's lookahead.
      expect(ids(await due(now + 1_700_000))).not.toContain(fresh);
      expect(ids(await due(now + 3_100_000))).toContain(fresh);
      expect(ids(await connections.due({ ...wish, force: true, now }, START, 10)).sort()).toEqual(
        [later, sooner, fresh, stopped, paused].sort(),
      );
      for (const id of [later, sooner, fresh]) await connections.disconnect(id);
    });
  });

  it('keeps alive what nobody asked for in a week', async () => {
    const expiresAt = Date.now() + 30 * 86_400_000;
    const { id } = await connections.connect(
      { ...ada, email: 'idle@example.com' },
      aGrant({ expiresAt }),
      SCOPES,
    );
    const wish = { scope: { workspaceId }, force: false, marginMs: 300_000, lookaheadMs: 300_000 };
    const ids = async (now: number): Promise<string[]> =>
      (await connections.due({ ...wish, now }, START, 100)).map((due) => due.id);
    expect(await ids(Date.now() + 6 * 86_400_000)).not.toContain(id);
    expect(await ids(Date.now() + 8 * 86_400_000)).toContain(id);
  });

  describe('what our own OAuth client holds up', () => {
    const refused = refusedClient();
    const heldUp = async (): Promise<string[]> => (await connections.heldUp()).map(({ id }) => id);

    beforeEach(async () => {
      for (const id of await heldUp()) await connections.disconnect(id);
    });

    /** The probe or a refresh found the client refused while the token at hand still works. */
    async function waits(id: string, failure = refused): Promise<void> {
      await connections.postponeRefresh(id, await lease(id), failure, 60_000);
    }

    it('goes on at once, and the others stay as they are', async () => {
      const [held, users] = [await connect(), await connectAs('grace@example.com')];
      const waiting = await connectAs('joan@example.com');
      await connections.markNeedsReauth(held, 1, refused);
      await connections.markNeedsReauth(users, 1, revokedGrant());
      await waits(waiting);
      expect(await connections.heldUp()).toEqual([
        { id: held, code: 'invalid_client' },
        { id: waiting, code: 'invalid_client' },
      ]);
      expect(await connections.resumeHeldUp()).toBe(2);
      expect(await connections.heldUp()).toEqual([]);
      for (const id of [held, waiting]) {
        expect(await connections.find(id, 'all')).toMatchObject({ authStatus: 'active', lastError: null });
        expect((await state(id)).refreshNotBefore).toBeNull();
      }
      expect(await connections.find(users, 'all')).toMatchObject({ authStatus: 'needs_reauth' });
    });

    it('goes on once, however many find out at the same time', async () => {
      for (const n of SIMULTANEOUS) {
        const id = await connectAs(`${n}@example.com`);
        await connections.markNeedsReauth(id, 1, refused);
      }
      const resumed = await Promise.all(SIMULTANEOUS.map(() => connections.resumeHeldUp()));
      expect(resumed.reduce((sum, count) => sum + count)).toBe(SIMULTANEOUS.length);
      expect(await heldUp()).toEqual([]);
    });

    it('stays held up where the client was refused for one token only', async () => {
      const [all, one] = [await connect(), await connectAs('grace@example.com')];
      await connections.markNeedsReauth(all, 1, refused);
      await connections.markNeedsReauth(one, 1, unauthorizedClient());
      expect(await connections.resumeHeldUp()).toBe(1);
      expect(await connections.heldUp()).toEqual([{ id: one, code: 'unauthorized_client' }]);
    });

    it('comes first when it was asked for least, and last while its token works', async () => {
      const [often, seldom] = [await connect(), await connectAs('grace@example.com')];
      const waiting = await connectAs('joan@example.com');
      await waits(waiting);
      for (const id of [often, often, seldom]) await connections.markNeedsReauth(id, 1, refused);
      expect(await heldUp()).toEqual([seldom, often, waiting]);
      expect(await connections.resumeHeldUp()).toBe(3);
    });

    it('is not what a lost encryption key stopped', async () => {
      const id = await connect();
      await connections.noteFailure(id, TOKEN_UNDECRYPTABLE);
      expect(await heldUp()).toEqual([]);
    });

    it('is known for it also after a probe that met another failure', async () => {
      const id = await connect();
      await connections.markNeedsReauth(id, 1, refused);
      await waits(id, aFailure());
      expect(await heldUp()).toEqual([id]);
      expect(await connections.find(id, 'all')).toMatchObject({
        authStatus: 'needs_reauth',
        lastError: { code: 'invalid_client', count: 1 },
      });
    });

    it('is not taken for mended because its calendars can be read meanwhile', async () => {
      const id = await connect();
      await waits(id);
      await connections.clearFailure(id);
      expect(await heldUp()).toEqual([id]);
    });

    it('tells a person once when it turns out to be theirs to mend', async () => {
      const id = await connect();
      expect(await connections.markNeedsReauth(id, 1, refused)).toBe(true);
      expect(await connections.markNeedsReauth(id, 1, refused)).toBe(false);
      expect(await connections.markNeedsReauth(id, 1, revokedGrant())).toBe(true);
      expect(await connections.markNeedsReauth(id, 1, revokedGrant())).toBe(false);
    });
  });

  describe('the end of an authorization', () => {
    it('is kept by a refresh that does not tell, and goes with a new refresh token', async () => {
      const endsAt = Date.now() + 7 * 86_400_000;
      const { id } = await connections.connect(ada, aGrant({ refreshExpiresAt: endsAt }), SCOPES);
      const end = async (): Promise<number | null | undefined> =>
        (await connections.find(id, 'all'))?.authorizationEndsAt;
      expect(await end()).toBe(endsAt);
      await connections.storeRefreshed(id, await lease(id), aGrant({ refresh: null }));
      expect(await end()).toBe(endsAt);
      await connections.storeRefreshed(
        id,
        await lease(id),
        aGrant({ refresh: null, refreshExpiresAt: endsAt + 1000 }),
      );
      expect(await end()).toBe(endsAt + 1000);
      await connections.storeRefreshed(id, await lease(id), aGrant({ refresh: 'refresh-2' }));
      expect(await end()).toBeNull();
    });
  });

  describe('authorizations that ended', () => {
    const ended = async (since = 0): Promise<string[]> =>
      (await connections.endedGrants({ workspaceId }, since)).map(({ connectionId }) => connectionId);

    it('are kept with when their owner had consented, also after a new consent', async () => {
      const id = await connect();
      const consentedAt = (await connections.find(id, 'all'))?.consentedAt;
      await connections.markNeedsReauth(id, 1, revokedGrant());
      await connect();
      expect(await connections.endedGrants({ workspaceId }, 0)).toEqual([
        { connectionId: id, consentedAt, endedAt: expect.any(Number) },
      ]);
    });

    it('are told from a time on, and to their own workspace', async () => {
      const id = await connect();
      await connections.markNeedsReauth(id, 1, revokedGrant());
      const [{ endedAt } = { endedAt: 0 }] = await connections.endedGrants({ workspaceId }, 0);
      expect(await ended(endedAt)).toEqual([id]);
      expect(await ended(endedAt + 1)).toEqual([]);
      expect(await connections.endedGrants({ workspaceId: await addWorkspace() }, 0)).toEqual([]);
      expect((await connections.endedGrants('all', 0)).map(({ connectionId }) => connectionId)).toContain(id);
    });

    it('are not those with a finer reason, nor what else stops a connection', async () => {
      const failures = [
        { ...revokedGrant(), reason: 'invalid_rapt' },
        aFailure({ category: 'permission_error', code: 'insufficient_scope', needsReauth: true }),
      ];
      for (const [n, failure] of failures.entries())
        await connections.markNeedsReauth(await connectAs(`owner${n}@example.com`), 1, failure);
      expect(await ended()).toEqual([]);
    });
  });

  describe('the lease to refresh', () => {
    it('goes to one of many who ask at once', async () => {
      const id = await connect();
      const seen = await state(id);
      const leases = await Promise.all(SIMULTANEOUS.map(() => connections.leaseRefresh(id, seen, LEASE_MS)));
      expect(leases.filter((leaseId) => leaseId !== null)).toHaveLength(1);
    });

    it('lapses by the clock of the database', async () => {
      const id = await connect();
      await lease(id);
      expect(await connections.leaseRefresh(id, await state(id), LEASE_MS)).toBeNull();
      await lapse(id);
      expect(await lease(id)).toEqual(expect.any(String));
    });

    it.each<[string, (id: string, seen: RefreshPoint) => Promise<unknown>]>([
      ['was refreshed', async (id) => connections.storeRefreshed(id, await lease(id), aGrant())],
      ['was re-authorized', async () => connect()],
      ['stopped', async (id, { version }) => connections.markNeedsReauth(id, version, revokedGrant())],
      [
        'failed for the moment',
        async (id) => connections.postponeRefresh(id, await lease(id), aFailure(), 60_000),
      ],
      ['was disconnected', async (id) => connections.disconnect(id)],
    ])('is refused to one who does not know yet that the connection %s', async (_, happen) => {
      const id = await connect();
      const seen = await state(id);
      await happen(id, seen);
      expect(await connections.leaseRefresh(id, seen, LEASE_MS)).toBeNull();
    });

    it('is given to one who knows of the pause', async () => {
      const id = await connect();
      await connections.postponeRefresh(id, await lease(id), aFailure(), 60_000);
      expect((await state(id)).refreshNotBefore).toEqual(expect.any(Number));
      expect(await lease(id)).toEqual(expect.any(String));
    });
  });

  describe('storing a refreshed grant', () => {
    it('replaces the access token and keeps the refresh token that was not replaced', async () => {
      const id = await connect();
      const grant = aGrant({ access: 'access-2', refresh: null, expiresAt: 5000 });
      expect(await connections.storeRefreshed(id, await lease(id), grant)).toBe(true);
      expect(await state(id)).toMatchObject({
        access: 'access-2',
        refresh: 'refresh-1',
        version: 2,
        expiresAt: 5000,
      });
      expect((await connections.find(id, 'all'))?.scopes).toEqual(SCOPES);
    });

    it('takes over a rotated refresh token and the scopes it came with (F13)', async () => {
      const id = await connect();
      const grant = aGrant({ access: 'access-2', refresh: 'refresh-2', scopes: ['calendar'] });
      await connections.storeRefreshed(id, await lease(id), grant);
      expect(await state(id)).toMatchObject({ access: 'access-2', refresh: 'refresh-2' });
      expect((await connections.find(id, 'all'))?.scopes).toEqual(['calendar']);
    });

    it('gives the lease back', async () => {
      const id = await connect();
      await connections.storeRefreshed(id, await lease(id), aGrant());
      expect(await lease(id)).toEqual(expect.any(String));
    });

    it('brings a stopped connection back', async () => {
      const id = await connect();
      await connections.markNeedsReauth(id, 1, revokedGrant());
      expect(await connections.storeRefreshed(id, await lease(id), aGrant())).toBe(true);
      expect(await connections.find(id, 'all')).toMatchObject({ authStatus: 'active', lastError: null });
    });

    it('changes nothing when the lease was lost to another', async () => {
      const id = await connect();
      const lost = await lease(id);
      await lapse(id);
      const held = await lease(id);
      expect(await connections.storeRefreshed(id, lost, aGrant({ access: 'late', refresh: 'late' }))).toBe(
        false,
      );
      expect(await state(id)).toMatchObject({ access: 'access-1', refresh: 'refresh-1', version: 1 });
      expect(await connections.storeRefreshed(id, held, aGrant({ access: 'access-2' }))).toBe(true);
      expect(await state(id)).toMatchObject({ access: 'access-2', version: 2 });
    });

    it.each<[string, (id: string) => Promise<unknown>]>([
      ['re-authorized', () => connect(aGrant({ access: 'newer', refresh: 'newer' }))],
      ['disconnected', (id) => connections.disconnect(id)],
      ['stopped', (id) => connections.markNeedsReauth(id, 1, revokedGrant())],
    ])('changes nothing when the connection was %s meanwhile', async (_, happen) => {
      const id = await connect();
      const leaseId = await lease(id);
      await happen(id);
      const before = await state(id);
      expect(await connections.storeRefreshed(id, leaseId, aGrant({ access: 'late', refresh: 'late' }))).toBe(
        false,
      );
      expect(await state(id)).toEqual(before);
    });
  });

  describe('a refresh that failed for the moment', () => {
    it('gives the lease back, and leaves the connection active', async () => {
      const id = await connect();
      await connections.postponeRefresh(id, await lease(id), aFailure({ code: 'http_503' }), 60_000);
      expect(await lease(id)).toEqual(expect.any(String));
      expect(await connections.find(id, 'all')).toMatchObject({
        authStatus: 'active',
        lastError: { code: 'http_503', count: 1 },
      });
    });

    it('counts the same failure and keeps when it began', async () => {
      const id = await connect();
      await connections.postponeRefresh(id, await lease(id), aFailure(), 1);
      const first = (await connections.find(id, 'all'))?.lastError;
      await connections.postponeRefresh(id, await lease(id), aFailure(), 1);
      expect((await connections.find(id, 'all'))?.lastError).toMatchObject({ count: 2, at: first?.at });
      await connections.postponeRefresh(id, await lease(id), aFailure({ code: 'network' }), 1);
      expect((await connections.find(id, 'all'))?.lastError).toMatchObject({ code: 'network', count: 1 });
    });

    it('says nothing when the lease was lost', async () => {
      const id = await connect();
      await connections.postponeRefresh(id, UNKNOWN, aFailure(), 60_000);
      expect(await state(id)).toMatchObject({ refreshNotBefore: null, lastError: null });
    });

    it('is over after a refresh that succeeded', async () => {
      const id = await connect();
      await connections.postponeRefresh(id, await lease(id), aFailure(), 60_000);
      await connections.storeRefreshed(id, await lease(id), aGrant());
      expect(await state(id)).toMatchObject({ refreshNotBefore: null, lastError: null });
    });
  });

  describe('a connection that needs a person', () => {
    it('is marked once, however many meet it at the same time (R7)', async () => {
      const id = await connect();
      const marks = await Promise.all(
        SIMULTANEOUS.map(() => connections.markNeedsReauth(id, 1, revokedGrant())),
      );
      expect(marks.filter(Boolean)).toHaveLength(1);
      expect(await connections.find(id, 'all')).toMatchObject({
        authStatus: 'needs_reauth',
        lastError: { code: 'invalid_grant', actor: 'user', needsReauth: true },
      });
    });

    it('is not marked for a token that was replaced meanwhile (F04)', async () => {
      const id = await connect();
      await connect();
      expect(await connections.markNeedsReauth(id, 1, revokedGrant())).toBe(false);
      expect(await connections.find(id, 'all')).toMatchObject({ authStatus: 'active', lastError: null });
    });

    it('keeps its tokens (F01)', async () => {
      const id = await connect();
      await connections.markNeedsReauth(id, 1, revokedGrant());
      expect(await state(id)).toMatchObject({
        access: 'access-1',
        refresh: 'refresh-1',
        authStatus: 'needs_reauth',
      });
    });

    it('is not marked by one who lost the lease to refresh, and is by one who has it (F55)', async () => {
      const id = await connect();
      const lost = await lease(id);
      await lapse(id);
      const held = await lease(id);
      expect(await connections.markNeedsReauth(id, 1, revokedGrant(), lost)).toBe(false);
      expect(await connections.find(id, 'all')).toMatchObject({ authStatus: 'active', lastError: null });
      expect(await connections.markNeedsReauth(id, 1, revokedGrant(), held)).toBe(true);
      expect(await connections.find(id, 'all')).toMatchObject({ authStatus: 'needs_reauth' });
      expect(await lease(id)).toEqual(expect.any(String));
    });

    it('is not marked after it was disconnected', async () => {
      const id = await connect();
      await connections.disconnect(id);
      expect(await connections.markNeedsReauth(id, 2, revokedGrant())).toBe(false);
      expect(await connections.find(id, 'all')).toMatchObject({ authStatus: 'disconnected' });
    });
  });

  describe('a failure that leaves a connection active', () => {
    it('is counted under its code from when it began, and cleared when it is over', async () => {
      const id = await connect();
      await connections.noteFailure(id, aFailure());
      const began = (await connections.find(id, 'all'))?.lastError?.at;
      await connections.noteFailure(id, aFailure());
      expect(await connections.find(id, 'all')).toMatchObject({
        authStatus: 'active',
        lastError: { ...aFailure(), count: 2, at: began },
      });
      await connections.clearFailure(id);
      expect((await connections.find(id, 'all'))?.lastError).toBeNull();
    });

    it('is counted also when it is met by many at once', async () => {
      const id = await connect();
      await Promise.all(SIMULTANEOUS.map(() => connections.noteFailure(id, aFailure())));
      expect((await connections.find(id, 'all'))?.lastError?.count).toBe(SIMULTANEOUS.length);
    });

    it('of many connections is noted and cleared at once, as of each alone', async () => {
      const [failing, mended, stopped, well] = [
        await connectAs('a@example.com'),
        await connectAs('b@example.com'),
        await connectAs('c@example.com'),
        await connectAs('d@example.com'),
      ];
      for (const id of [failing, mended]) await connections.noteFailure(id, aFailure());
      await connections.markNeedsReauth(stopped, 1, revokedGrant());
      const paused = aFailure({ code: 'http_503', retryAfterMs: 86_400_000 });
      await connections.noteOutcomes(
        new Map([
          [failing, paused],
          [mended, null],
          [stopped, aFailure()],
          [well, null],
          [UNKNOWN, aFailure()],
        ]),
      );
      const [one, ...others] = await Promise.all(
        [failing, mended, stopped, well].map(async (id) => (await connections.find(id, 'all'))?.lastError),
      );
      expect(one).toMatchObject({ code: 'http_503', count: 2 });
      expect((one?.notBefore ?? 0) - (one?.at ?? 0)).toBeGreaterThanOrEqual(15 * 60_000);
      expect(others).toMatchObject([null, { code: 'invalid_grant', count: 1 }, null]);
      await connections.noteOutcomes(new Map());
    });

    it('of the same connections is counted also when it is met by many at once', async () => {
      const ids = [await connectAs('a@example.com'), await connectAs('b@example.com')];
      await Promise.all(
        SIMULTANEOUS.map((n) =>
          connections.noteOutcomes(
            new Map((n % 2 === 0 ? ids : ids.toReversed()).map((id) => [id, aFailure()])),
          ),
        ),
      );
      for (const { lastError } of await connections.findMany(ids))
        expect(lastError?.count).toBe(SIMULTANEOUS.length);
    });

    it('is paused for a quarter of an hour at most, whatever the provider asks for', async () => {
      const id = await connect();
      await connections.noteFailure(id, aFailure({ retryAfterMs: 86_400_000 }));
      const lastError = (await connections.find(id, 'all'))?.lastError;
      expect((lastError?.notBefore ?? 0) - (lastError?.at ?? 0)).toBe(15 * 60_000);
    });

    it('neither hides nor ends what a person must mend', async () => {
      const id = await connect();
      await connections.markNeedsReauth(id, 1, revokedGrant());
      await connections.noteFailure(id, aFailure());
      await connections.clearFailure(id);
      expect((await connections.find(id, 'all'))?.lastError).toMatchObject({
        code: 'invalid_grant',
        count: 1,
      });
    });
  });

  describe('a walk over all connections', () => {
    it('comes by each once, in the order of the ids, with its tokens', async () => {
      const known = new Map<string, string>();
      for (const email of ['a@example.com', 'b@example.com', 'c@example.com'])
        known.set(await connectAs(email), email);
      const seen: string[] = [];
      let after = START.id;
      for (;;) {
        const part = await connections.walk({ workspaceId }, after, 2);
        if (part.length === 0) break;
        for (const { connection, openTokens } of part) {
          const tokens = openTokens();
          expect(tokens).toEqual(await connections.tokens(connection.id));
          expect(connection).toEqual(await connections.find(connection.id, 'all'));
          expect(tokens.account).toBe(known.get(connection.id));
          seen.push((after = connection.id));
        }
      }
      expect(seen).toEqual([...known.keys()].sort());
      expect(await connections.count({ workspaceId })).toBe(3);
    });

    it('leaves out disconnected accounts, which are told by themselves', async () => {
      const [gone, kept] = [await connectAs('a@example.com'), await connectAs('b@example.com')];
      await connections.disconnect(gone);
      const walked = await connections.walk({ workspaceId }, START.id, 10);
      expect(walked.map(({ connection }) => connection.id)).toEqual([kept]);
      expect(await connections.count({ workspaceId })).toBe(1);
      expect(await connections.disconnectedIds({ workspaceId })).toEqual([gone]);
    });

    it('stays inside its workspace', async () => {
      await connections.disconnect(await connect());
      await connectAs('b@example.com');
      const elsewhere = { workspaceId: await addWorkspace() };
      expect(await connections.walk(elsewhere, START.id, 10)).toEqual([]);
      expect(await connections.count(elsewhere)).toBe(0);
      expect(await connections.disconnectedIds(elsewhere)).toEqual([]);
    });
  });

  describe('a consent that was not enough (F16)', () => {
    const insufficient = aFailure({
      category: 'permission_error',
      code: 'insufficient_scope',
      needsReauth: true,
    });

    it('is recorded as a connection that was never active', async () => {
      const refused = await connections.refuse(ada, ['openid'], insufficient);
      expect(refused).toMatchObject({
        accountEmail: 'ada@example.com',
        authStatus: 'needs_reauth',
        lastError: { code: 'insufficient_scope', count: 1 },
        scopes: ['openid'],
      });
      expect(await state(refused.id)).toMatchObject({ access: null, refresh: null });
    });

    it('leaves an active connection as it is', async () => {
      const id = await connect();
      const before = await connections.find(id, 'all');
      expect(await connections.refuse(ada, ['openid'], insufficient)).toEqual(before);
      expect(await state(id)).toMatchObject({ access: 'access-1', refresh: 'refresh-1', version: 1 });
    });

    it('says why a disconnected one does not come back', async () => {
      const id = await connect();
      await connections.disconnect(id);
      expect(await connections.refuse(ada, ['openid'], insufficient)).toMatchObject({
        id,
        authStatus: 'needs_reauth',
        lastError: { code: 'insufficient_scope' },
      });
    });
  });

  describe('disconnecting', () => {
    it('erases the tokens, once', async () => {
      const id = await connect();
      expect(await connections.disconnect(id)).toBe(true);
      expect(await connections.disconnect(id)).toBe(false);
      expect(await connections.disconnect(UNKNOWN)).toBe(false);
      expect(await state(id)).toMatchObject({ access: null, refresh: null, authStatus: 'disconnected' });
    });

    it('is undone by a new consent, under the same id', async () => {
      const id = await connect();
      await connections.disconnect(id);
      expect(await connect(aGrant({ access: 'access-2', refresh: 'refresh-2' }))).toBe(id);
      expect(await state(id)).toMatchObject({
        access: 'access-2',
        refresh: 'refresh-2',
        authStatus: 'active',
      });
    });

    it('has the refresh token to revoke with, until it has ended', async () => {
      const id = await connect();
      expect((await connections.revocable(id))?.reveal()).toBe('refresh-1');
      await connections.disconnect(id);
      expect(await connections.revocable(id)).toBeNull();
    });
  });

  describe('the grant of an account (F71)', () => {
    const subject = (sub: string | null, email: string) => ({ ...ada, sub, email });

    async function sharedWith(
      sub: string | null,
      email: string,
    ): Promise<[connected: boolean, disconnected: boolean]> {
      const mine = await connections.connect(subject('71', 'shared@example.com'), aGrant(), SCOPES);
      const elsewhere = { ...subject(sub, email), workspaceId: await addWorkspace() };
      const theirs = await connections.connect(elsewhere, aGrant(), SCOPES);
      const connected = await connections.sharesGrant(mine);
      await connections.disconnect(theirs.id);
      const disconnected = await connections.sharesGrant(mine);
      await connections.disconnect(mine.id);
      return [connected, disconnected];
    }

    it('is shared with the same subject in another workspace, until that is disconnected', async () => {
      expect(await sharedWith('71', 'new-address@example.com')).toEqual([true, false]);
    });

    it('is shared with the same address of which no subject is known', async () => {
      expect(await sharedWith(null, 'shared@example.com')).toEqual([true, false]);
    });

    it('is not shared with another account', async () => {
      expect(await sharedWith('72', 'other@example.com')).toEqual([false, false]);
    });
  });
});

async function eventsOf(id: string): Promise<string[]> {
  const rows: { kind: string }[] = await schema.source.query(
    'SELECT kind FROM connection_events WHERE connection_id = $1 ORDER BY at, id',
    [id],
  );
  return rows.map(({ kind }) => kind);
}

describe('PostgresConnections', () => {
  beforeEach(() => enter(postgresWorld()));

  it('keeps no token in the clear', async () => {
    const id = await connect(aGrant({ access: 'mark-of-access', refresh: 'mark-of-refresh' }));
    const [row]: { text: string }[] = await schema.source.query(
      'SELECT c::text AS text FROM connections c WHERE id = $1',
      [id],
    );
    expect(row?.text).toContain('ada@example.com');
    expect(row?.text).not.toMatch(/mark-of/);
  });

  it('lets a lease last as long as it was asked for', async () => {
    const id = await connect();
    await lease(id, LEASE_MS);
    const [row]: { ms: number }[] = await schema.source.query(
      'SELECT extract(epoch FROM refresh_lease_until - now())::float8 * 1000 AS ms FROM connections WHERE id = $1',
      [id],
    );
    expect(row?.ms).toBeGreaterThan(LEASE_MS - 5000);
    expect(row?.ms).toBeLessThanOrEqual(LEASE_MS);
  });

  it('lets a pause last as long as it was asked for', async () => {
    const id = await connect();
    await connections.postponeRefresh(id, await lease(id), aFailure(), 60_000);
    const [row]: { ms: number; refresh_failures: number }[] = await schema.source.query(
      `SELECT extract(epoch FROM refresh_not_before - now())::float8 * 1000 AS ms, refresh_failures
       FROM connections WHERE id = $1`,
      [id],
    );
    expect(row?.ms).toBeGreaterThan(50_000);
    expect(row?.ms).toBeLessThanOrEqual(60_000);
    expect(row?.refresh_failures).toBe(1);
  });

  it('revokes with the access token where there is no refresh token', async () => {
    const id = await connect();
    await schema.source.query('UPDATE connections SET refresh_token = NULL WHERE id = $1', [id]);
    expect((await connections.revocable(id))?.reveal()).toBe('access-1');
  });

  it('keeps the history of every transition, each once', async () => {
    const id = await connect();
    await Promise.all(SIMULTANEOUS.map(() => connections.markNeedsReauth(id, 1, revokedGrant())));
    await connections.storeRefreshed(id, await lease(id), aGrant());
    await connections.storeRefreshed(id, await lease(id), aGrant());
    await connections.markNeedsReauth(id, 3, revokedGrant());
    await connect();
    await Promise.all(SIMULTANEOUS.map(() => connections.disconnect(id)));
    await connect();
    expect(await eventsOf(id)).toEqual([
      'connected',
      'needs_reauth',
      'recovered',
      'needs_reauth',
      'recovered',
      'disconnected',
      'connected',
    ]);
  });
});

describe('stored tokens (F69)', () => {
  let mine: string;
  let theirs: string;

  beforeEach(async () => {
    await enter(postgresWorld());
    mine = await connect();
    const grace = { ...ada, email: 'grace@example.com', sub: '2002' };
    theirs = (await connections.connect(grace, aGrant({ access: 'secret-of-grace' }), SCOPES)).id;
  });

  it.each(['access_token', 'refresh_token'])('do not open in another row: %s', async (column) => {
    await schema.source.query(
      `UPDATE connections SET ${column} = (SELECT ${column} FROM connections WHERE id = $2) WHERE id = $1`,
      [mine, theirs],
    );
    await expect(connections.tokens(mine)).rejects.toBeInstanceOf(Undecryptable);
    expect(await state(theirs)).toMatchObject({ access: 'secret-of-grace', refresh: 'refresh-1' });
  });

  it('do not open in another column', async () => {
    await schema.source.query('UPDATE connections SET access_token = refresh_token WHERE id = $1', [mine]);
    await expect(connections.tokens(mine)).rejects.toBeInstanceOf(Undecryptable);
  });

  it('do not open when a character was altered', async () => {
    await schema.source.query(
      `UPDATE connections SET refresh_token = left(refresh_token, -4) || translate(right(refresh_token, 4),
         'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_',
         'bcdefghijklmnopqrstuvwxyzaBCDEFGHIJKLMNOPQRSTUVWXYZA1234567890_-') WHERE id = $1`,
      [mine],
    );
    await expect(connections.tokens(mine)).rejects.toBeInstanceOf(Undecryptable);
  });

  it('do not open under an unknown key, and the error names the key only', async () => {
    await schema.source.query(
      `UPDATE connections SET access_token = replace(access_token, 'test.', 'old.') WHERE id = $1`,
      [mine],
    );
    await expect(connections.tokens(mine)).rejects.toMatchObject({ keyId: 'old' });
  });

  it('of one account keep nobody from walking over the others', async () => {
    await schema.source.query('UPDATE connections SET access_token = refresh_token WHERE id = $1', [mine]);
    const walked = await postgres.walk({ workspaceId }, START.id, 10);
    expect(walked.map(({ connection: { id } }) => id)).toEqual([mine, theirs].sort());
    for (const { connection, openTokens } of walked)
      if (connection.id === mine) expect(openTokens).toThrow(Undecryptable);
      else expect(openTokens().accessToken?.reveal()).toBe('secret-of-grace');
  });

  it('are sealed anew each time: equal tokens do not look equal', async () => {
    const rows: { refresh_token: string }[] = await schema.source.query(
      'SELECT refresh_token FROM connections WHERE id = ANY ($1)',
      [[mine, theirs]],
    );
    expect(new Set(rows.map((row) => row.refresh_token)).size).toBe(2);
  });

  it('leave the connection itself readable when they do not open', async () => {
    await schema.source.query(`UPDATE connections SET access_token = 'old.nonsense' WHERE id = $1`, [mine]);
    expect(await connections.find(mine, 'all')).toMatchObject({ id: mine, authStatus: 'active' });
    expect(await connect(aGrant({ access: 'access-2' }))).toBe(mine);
    expect(await state(mine)).toMatchObject({ access: 'access-2' });
  });
});

import { isClientRefusal, UNAUTHORIZED_CLIENT } from '../../src/oauth/client-refusal.js';
import type { Connection, LastError } from '../../src/oauth/connection.js';
import {
  Connections,
  type Account,
  type Due,
  type DueWish,
  type EndedGrant,
  type HeldConnection,
  type HeldUp,
  type RefreshPoint,
} from '../../src/oauth/connections.js';
import type { StoredTokens, TokenGrant } from '../../src/oauth/token-grant.js';
import { FixedClock, type Clock } from '../../src/shared/clock.js';
import type { Failure } from '../../src/shared/failure.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import type { Secret } from '../../src/shared/secret.js';
import type { Instant } from '../../src/shared/time.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';
import { pageOf } from './in-memory-page.js';

interface Held {
  readonly connection: Connection;
  readonly accessToken: Secret | null;
  readonly refreshToken: Secret | null;
  readonly version: number;
  readonly refreshNotBefore: Instant | null;
  readonly lease: { readonly id: string; readonly until: Instant } | null;
}

const NO_TOKENS = { accessToken: null, refreshToken: null, version: 0, refreshNotBefore: null, lease: null };

/** Its clock stands in for that of the database. */
export class InMemoryConnections extends Connections {
  readonly #rows = new Map<string, Held>();
  readonly #ended: EndedGrant[] = [];

  constructor(
    private readonly ids: Ids = new SequentialIds(),
    private readonly clock: Clock = new FixedClock(0),
  ) {
    super();
  }

  /** Puts a connection there as it is, with the tokens of `grant`. */
  given(connection: Connection, grant: TokenGrant | null = null): Connection {
    const { accessToken = null, refreshToken = null } = grant ?? {};
    const version = grant === null ? 0 : 1;
    this.#rows.set(connection.id, { ...NO_TOKENS, connection, accessToken, refreshToken, version });
    return connection;
  }

  async find(id: string, scope: WorkspaceScope): Promise<Connection | null> {
    return this.#visible(scope).find((one) => one.id === id) ?? null;
  }

  async findMany(ids: readonly string[]): Promise<Connection[]> {
    return this.#visible('all').filter(({ id }) => ids.includes(id));
  }

  async findByAccount({
    workspaceId,
    email,
  }: Pick<Account, 'workspaceId' | 'email'>): Promise<Connection | null> {
    return this.#visible({ workspaceId }).find(({ accountEmail }) => accountEmail === email) ?? null;
  }

  async list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Connection>> {
    return pageOf(this.#visible(scope), page);
  }

  async all(scope: WorkspaceScope): Promise<Connection[]> {
    return this.#visible(scope);
  }

  async disconnectedIds(scope: WorkspaceScope): Promise<string[]> {
    return this.#visible(scope).flatMap(({ id, authStatus }) => (authStatus === 'disconnected' ? id : []));
  }

  async count(scope: WorkspaceScope): Promise<number> {
    return this.#connected(scope).length;
  }

  async walk(scope: WorkspaceScope, after: string, limit: number): Promise<HeldConnection[]> {
    const ids = this.#connected(scope).map(({ id }) => id);
    const next = ids.filter((id) => id > after).sort();
    return next.slice(0, limit).flatMap((id) => {
      const held = this.#rows.get(id);
      return held === undefined ? [] : { connection: held.connection, openTokens: () => tokensOf(held) };
    });
  }

  async endedGrants(scope: WorkspaceScope, since: Instant): Promise<EndedGrant[]> {
    const visible = new Set(this.#visible(scope).map(({ id }) => id));
    return this.#ended.filter(({ connectionId, endedAt }) => visible.has(connectionId) && endedAt >= since);
  }

  /** All accounts look ahead by the same time here. */
  async due(wish: DueWish, after: Due, limit: number): Promise<Due[]> {
    const visible = new Set(this.#visible(wish.scope).map(({ id }) => id));
    return [...this.#rows.values()]
      .filter((held) => visible.has(held.connection.id) && this.#isDue(held, wish))
      .map(({ connection: { id, tokenExpiresAt } }) => ({ id, expiresAt: tokenExpiresAt ?? 0 }))
      .sort(inOrder)
      .filter((due) => inOrder(due, after) > 0)
      .slice(0, limit);
  }

  async heldUp(): Promise<HeldUp[]> {
    const rank = ({ connection: { authStatus, lastError } }: Held): number =>
      (lastError?.count ?? 0) + (authStatus === 'active' ? Number.MAX_SAFE_INTEGER / 2 : 0);
    return [...this.#rows.values()]
      .filter(isHeldUp)
      .sort((a, b) => rank(a) - rank(b))
      .map(({ connection: { id, lastError } }) => ({ id, code: lastError?.code ?? '' }));
  }

  async resumeHeldUp(): Promise<number> {
    const rows = [...this.#rows.values()].filter(
      (held) => isHeldUp(held) && held.connection.lastError?.code !== UNAUTHORIZED_CLIENT,
    );
    for (const held of rows)
      this.#put({
        ...held,
        connection: { ...held.connection, authStatus: 'active', lastError: null },
        refreshNotBefore: null,
      });
    return rows.length;
  }

  async connect(account: Account, grant: TokenGrant, scopes: readonly string[]): Promise<Connection> {
    const { connection, ...held } = this.#rowOf(account);
    const now = this.clock.now();
    return this.#put({
      ...held,
      connection: {
        ...connection,
        accountSub: account.sub ?? connection.accountSub,
        authStatus: 'active',
        lastError: null,
        scopes,
        tokenExpiresAt: grant.expiresAt,
        lastRefreshedAt: now,
        consentedAt: now,
        authorizationEndsAt: grant.refreshExpiresAt,
      },
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken ?? held.refreshToken,
      version: held.version + 1,
      refreshNotBefore: null,
      lease: null,
    });
  }

  async refuse(account: Account, scopes: readonly string[], failure: Failure): Promise<Connection> {
    const known = await this.findByAccount(account);
    if (known?.authStatus === 'active') return known;
    const held = this.#rowOf(account);
    const lastError = { ...failure, at: this.clock.now(), count: 1 };
    const kept = known === null ? { scopes } : {};
    return this.#put({
      ...held,
      connection: { ...held.connection, ...kept, authStatus: 'needs_reauth', lastError },
    });
  }

  async disconnect(id: string): Promise<boolean> {
    const held = this.#rows.get(id);
    if (held === undefined || held.connection.authStatus === 'disconnected') return false;
    const ended = {
      authStatus: 'disconnected',
      lastError: null,
      tokenExpiresAt: null,
      authorizationEndsAt: null,
    } as const;
    this.#put({ ...NO_TOKENS, version: held.version + 1, connection: { ...held.connection, ...ended } });
    return true;
  }

  async sharesGrant({ id, accountEmail, accountSub }: Connection): Promise<boolean> {
    return this.#visible('all').some(
      (other) =>
        other.id !== id &&
        other.authStatus !== 'disconnected' &&
        (other.accountEmail === accountEmail || (accountSub !== null && other.accountSub === accountSub)),
    );
  }

  async tokens(id: string): Promise<(StoredTokens & Pick<Connection, 'authStatus' | 'lastError'>) | null> {
    const held = this.#rows.get(id);
    return held === undefined ? null : tokensOf(held);
  }

  async leaseRefresh(id: string, seen: RefreshPoint, leaseMs: number): Promise<string | null> {
    const held = this.#rows.get(id);
    if (held === undefined || !isAsSeen(held, seen)) return null;
    if (held.lease !== null && held.lease.until >= this.clock.now()) return null;
    const lease = { id: this.ids.next(), until: this.clock.now() + leaseMs };
    this.#put({ ...held, lease });
    return lease.id;
  }

  async storeRefreshed(id: string, leaseId: string, grant: TokenGrant): Promise<boolean> {
    const held = this.#leased(id, leaseId);
    if (held === null) return false;
    const { connection } = held;
    this.#put({
      connection: {
        ...connection,
        authStatus: 'active',
        lastError: null,
        scopes: grant.scopes ?? connection.scopes,
        tokenExpiresAt: grant.expiresAt,
        lastRefreshedAt: this.clock.now(),
        authorizationEndsAt:
          grant.refreshToken === null && grant.refreshExpiresAt === null
            ? connection.authorizationEndsAt
            : grant.refreshExpiresAt,
      },
      accessToken: grant.accessToken,
      refreshToken: grant.refreshToken ?? held.refreshToken,
      version: held.version + 1,
      refreshNotBefore: null,
      lease: null,
    });
    return true;
  }

  async postponeRefresh(id: string, leaseId: string, failure: Failure, pauseMs: number): Promise<void> {
    const held = this.#leased(id, leaseId);
    if (held === null) return;
    const { authStatus, lastError: before } = held.connection;
    const lastError = authStatus === 'active' ? this.#counted(held, failure) : before;
    const connection = { ...held.connection, lastError };
    this.#put({ ...held, connection, refreshNotBefore: this.clock.now() + pauseMs, lease: null });
  }

  async markNeedsReauth(id: string, version: number, failure: Failure, leaseId?: string): Promise<boolean> {
    const held = leaseId === undefined ? (this.#rows.get(id) ?? null) : this.#leased(id, leaseId);
    if (held === null || held.version !== version || held.connection.authStatus === 'disconnected')
      return false;
    const lastError = this.#counted(held, failure);
    this.#put({
      ...held,
      connection: { ...held.connection, authStatus: 'needs_reauth', lastError },
      lease: null,
    });
    const { authStatus, lastError: before, consentedAt } = held.connection;
    const stopped = authStatus === 'active' || (before?.actor === 'operator' && failure.actor !== 'operator');
    if (stopped && failure.code === 'invalid_grant' && failure.reason === null && consentedAt !== null)
      this.#ended.push({ connectionId: id, consentedAt, endedAt: this.clock.now() });
    return stopped;
  }

  async noteFailure(id: string, failure: Failure): Promise<void> {
    const held = this.#rows.get(id);
    if (held?.connection.authStatus !== 'active') return;
    const { retryAfterMs } = failure;
    const notBefore = retryAfterMs === null ? null : this.clock.now() + Math.min(retryAfterMs, 15 * 60_000);
    const lastError = { ...this.#counted(held, failure), notBefore };
    this.#put({ ...held, connection: { ...held.connection, lastError } });
  }

  async clearFailure(id: string): Promise<void> {
    const held = this.#rows.get(id);
    if (held?.connection.authStatus === 'active' && !isHeldUp(held))
      this.#put({ ...held, connection: { ...held.connection, lastError: null } });
  }

  async noteOutcomes(outcomes: ReadonlyMap<string, Failure | null>): Promise<void> {
    for (const [id, failure] of outcomes)
      await (failure === null ? this.clearFailure(id) : this.noteFailure(id, failure));
  }

  async revocable(id: string): Promise<Secret | null> {
    const held = this.#rows.get(id);
    return held?.refreshToken ?? held?.accessToken ?? null;
  }

  /** The row of an account, made when there is none. */
  #rowOf({ workspaceId, email, sub }: Account): Held {
    const isTheirs = ({ connection: one }: Held): boolean =>
      one.workspaceId === workspaceId && one.accountEmail === email;
    const known = [...this.#rows.values()].find(isTheirs);
    if (known !== undefined) return known;
    const connection: Connection = {
      id: this.ids.next(),
      workspaceId,
      provider: 'google',
      accountEmail: email,
      accountSub: sub,
      authStatus: 'needs_reauth',
      lastError: null,
      scopes: [],
      tokenExpiresAt: null,
      lastRefreshedAt: null,
      consentedAt: null,
      authorizationEndsAt: null,
      createdAt: this.clock.now(),
    };
    return { ...NO_TOKENS, connection };
  }

  #isDue({ connection, refreshNotBefore }: Held, { force, now, marginMs, lookaheadMs }: DueWish): boolean {
    const { authStatus, tokenExpiresAt, lastRefreshedAt } = connection;
    if (force) return authStatus !== 'disconnected';
    if (authStatus !== 'active' || (refreshNotBefore ?? -Infinity) >= this.clock.now()) return false;
    if (tokenExpiresAt === null) return true;
    const refreshedAt = lastRefreshedAt ?? -Infinity;
    const early = Math.min(marginMs + lookaheadMs, Math.max(0, tokenExpiresAt - refreshedAt) / 2);
    return now >= tokenExpiresAt - early || refreshedAt < now - WEEK_MS;
  }

  #leased(id: string, leaseId: string): Held | null {
    const held = this.#rows.get(id);
    return held !== undefined && held.lease?.id === leaseId ? held : null;
  }

  #counted({ connection: { lastError } }: Held, failure: Failure): LastError {
    const same = lastError?.code === failure.code ? lastError : null;
    return { ...failure, at: same?.at ?? this.clock.now(), count: (same?.count ?? 0) + 1 };
  }

  #put(held: Held): Connection {
    this.#rows.set(held.connection.id, held);
    return held.connection;
  }

  #connected(scope: WorkspaceScope): Connection[] {
    return this.#visible(scope).filter(({ authStatus }) => authStatus !== 'disconnected');
  }

  #visible(scope: WorkspaceScope): Connection[] {
    const all = [...this.#rows.values()].map(({ connection }) => connection);
    return all.filter(({ workspaceId }) => scope === 'all' || workspaceId === scope.workspaceId);
  }
}

function tokensOf(held: Held): ReturnType<HeldConnection['openTokens']> {
  const { accessToken, refreshToken, version, refreshNotBefore, connection } = held;
  const { tokenExpiresAt: expiresAt, lastRefreshedAt: refreshedAt, authStatus, lastError } = connection;
  return {
    account: connection.accountEmail,
    accessToken,
    refreshToken,
    expiresAt,
    refreshedAt,
    version,
    refreshNotBefore,
    authStatus,
    lastError,
  };
}

const WEEK_MS = 7 * 86_400_000;

function isHeldUp({ connection: { authStatus, lastError } }: Held): boolean {
  return authStatus !== 'disconnected' && lastError !== null && isClientRefusal(lastError);
}

function inOrder(a: Due, b: Due): number {
  return a.expiresAt - b.expiresAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function isAsSeen({ version, refreshNotBefore, connection }: Held, seen: RefreshPoint): boolean {
  return (
    version === seen.version &&
    refreshNotBefore === seen.refreshNotBefore &&
    connection.authStatus === seen.authStatus
  );
}

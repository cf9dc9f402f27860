import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, MoreThan, Not, Repository, type SelectQueryBuilder } from 'typeorm';
import { Cipher } from '../../shared/cipher.js';
import type { Failure } from '../../shared/failure.js';
import { Ids } from '../../shared/ids.js';
import { paginate, type Page, type PageQuery } from '../../shared/page.js';
import type { Secret } from '../../shared/secret.js';
import type { Instant } from '../../shared/time.js';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import { UNAUTHORIZED_CLIENT } from '../client-refusal.js';
import { TOKEN_UNDECRYPTABLE, type Connection } from '../connection.js';
import {
  Connections,
  type Account,
  type Due,
  type DueWish,
  type EndedGrant,
  type HeldConnection,
  type HeldUp,
  type RefreshPoint,
} from '../connections.js';
import type { StoredTokens, TokenGrant } from '../token-grant.js';
import { ConnectionEntity } from './connection.entity.js';
import * as sql from './connection-statements.js';
import { sealedPlace } from './sealed-place.js';

type Column = 'access_token' | 'refresh_token';

/** The operator's to mend like a refused client, and something else. */
const NOT_THE_CLIENT = [TOKEN_UNDECRYPTABLE.code];

@Injectable()
export class PostgresConnections extends Connections {
  constructor(
    @InjectRepository(ConnectionEntity) private readonly rows: Repository<ConnectionEntity>,
    private readonly cipher: Cipher,
    private readonly ids: Ids,
  ) {
    super();
  }

  async find(id: string, scope: WorkspaceScope): Promise<Connection | null> {
    const row = await this.rows.findOneBy({ id, ...ofWorkspace(scope) });
    return row && connectionOfRow(row);
  }

  async findMany(ids: readonly string[]): Promise<Connection[]> {
    return (await this.rows.findBy({ id: In([...ids]) })).map(connectionOfRow);
  }

  async findByAccount(account: Pick<Account, 'workspaceId' | 'email'>): Promise<Connection | null> {
    const { workspaceId, email: accountEmail } = account;
    const row = await this.rows.findOneBy({ workspaceId, provider: 'google', accountEmail });
    return row && connectionOfRow(row);
  }

  async list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Connection>> {
    return paginate(this.rows.createQueryBuilder('c').where(ofWorkspace(scope)), page, connectionOfRow);
  }

  async all(scope: WorkspaceScope): Promise<Connection[]> {
    const rows = await this.rows.find({ where: ofWorkspace(scope), order: { createdAt: 'ASC', id: 'ASC' } });
    return rows.map(connectionOfRow);
  }

  async disconnectedIds(scope: WorkspaceScope): Promise<string[]> {
    const where = { ...ofWorkspace(scope), authStatus: 'disconnected' } as const;
    return (await this.rows.find({ select: { id: true }, where })).map(({ id }) => id);
  }

  async count(scope: WorkspaceScope): Promise<number> {
    return this.rows.countBy({ ...ofWorkspace(scope), authStatus: Not('disconnected') });
  }

  async walk(scope: WorkspaceScope, after: string, limit: number): Promise<HeldConnection[]> {
    const where = { ...ofWorkspace(scope), authStatus: Not('disconnected'), id: MoreThan(after) };
    const rows = await this.#rowsWithTokens().where(where).orderBy('c.id').limit(limit).getMany();
    return rows.map((row) => ({ connection: connectionOfRow(row), openTokens: () => this.#tokensOf(row) }));
  }

  async endedGrants(scope: WorkspaceScope, since: Instant): Promise<EndedGrant[]> {
    return this.rows.query(sql.ENDED_GRANTS, [scope === 'all' ? null : scope.workspaceId, since]);
  }

  async due(
    { scope, force, now, marginMs, lookaheadMs }: DueWish,
    after: Due,
    limit: number,
  ): Promise<Due[]> {
    const workspaceId = scope === 'all' ? null : scope.workspaceId;
    const values = [workspaceId, force, now, marginMs, lookaheadMs, after.expiresAt, after.id, limit];
    return this.rows.query(sql.DUE, values);
  }

  async heldUp(): Promise<HeldUp[]> {
    return this.rows.query(sql.HELD_UP, [NOT_THE_CLIENT]);
  }

  async resumeHeldUp(): Promise<number> {
    const [row]: { resumed: number }[] = await this.rows.query(sql.RESUME_HELD_UP, [
      [...NOT_THE_CLIENT, UNAUTHORIZED_CLIENT],
    ]);
    return row?.resumed ?? 0;
  }

  async connect(account: Account, grant: TokenGrant, scopes: readonly string[]): Promise<Connection> {
    const id = (await this.findByAccount(account))?.id ?? this.ids.next();
    const saved: { id: string }[] = await this.rows.query(sql.CONNECT, [
      id,
      account.workspaceId,
      account.email,
      account.sub,
      [...scopes],
      this.#sealed(id, 'access_token', grant.accessToken),
      this.#sealed(id, 'refresh_token', grant.refreshToken),
      grant.expiresAt,
      grant.refreshExpiresAt,
    ]);
    // Two consents for one new account raced and the other made the row: seal the tokens for that row.
    if (saved[0]?.id !== id) return this.connect(account, grant, scopes);
    return this.#saved(id);
  }

  async refuse(account: Account, scopes: readonly string[], failure: Failure): Promise<Connection> {
    const { workspaceId, email, sub } = account;
    const values = [this.ids.next(), workspaceId, email, sub, [...scopes], JSON.stringify(failure)];
    const [row]: { id: string }[] = await this.rows.query(sql.REFUSE, values);
    return this.#saved(row?.id ?? '');
  }

  async disconnect(id: string): Promise<boolean> {
    return affected(await this.rows.query(sql.DISCONNECT, [id]));
  }

  async sharesGrant({ id, accountEmail, accountSub }: Connection): Promise<boolean> {
    const rows: unknown[] = await this.rows.query(sql.SHARES_GRANT, [id, accountEmail, accountSub]);
    return rows.length > 0;
  }

  async tokens(id: string): Promise<(StoredTokens & Pick<Connection, 'authStatus' | 'lastError'>) | null> {
    const row = await this.#withTokens(id);
    return row && this.#tokensOf(row);
  }

  async leaseRefresh(id: string, seen: RefreshPoint, leaseMs: number): Promise<string | null> {
    const leaseId = this.ids.next();
    const { version, authStatus, refreshNotBefore } = seen;
    const values = [id, version, leaseId, leaseMs, authStatus, refreshNotBefore];
    return affected(await this.rows.query(sql.LEASE_REFRESH, values)) ? leaseId : null;
  }

  async storeRefreshed(id: string, leaseId: string, grant: TokenGrant): Promise<boolean> {
    return affected(
      await this.rows.query(sql.STORE_REFRESHED, [
        id,
        leaseId,
        this.#sealed(id, 'access_token', grant.accessToken),
        this.#sealed(id, 'refresh_token', grant.refreshToken),
        grant.expiresAt,
        grant.scopes && [...grant.scopes],
        grant.refreshExpiresAt,
      ]),
    );
  }

  async postponeRefresh(id: string, leaseId: string, failure: Failure, pauseMs: number): Promise<void> {
    await this.rows.query(sql.POSTPONE_REFRESH, [id, leaseId, JSON.stringify(failure), pauseMs]);
  }

  async markNeedsReauth(
    id: string,
    version: number,
    failure: Failure,
    leaseId: string | null = null,
  ): Promise<boolean> {
    const values = [id, version, JSON.stringify(failure), leaseId];
    return affected(await this.rows.query(sql.MARK_NEEDS_REAUTH, values));
  }

  async noteFailure(id: string, failure: Failure): Promise<void> {
    await this.rows.query(sql.NOTE_FAILURE, [id, JSON.stringify(failure)]);
  }

  async clearFailure(id: string): Promise<void> {
    await this.rows.query(sql.CLEAR_FAILURE, [id, NOT_THE_CLIENT]);
  }

  async noteOutcomes(outcomes: ReadonlyMap<string, Failure | null>): Promise<void> {
    if (outcomes.size === 0) return;
    const failures = [...outcomes.values()].map((failure) => failure && JSON.stringify(failure));
    await this.rows.query(sql.NOTE_OUTCOMES, [[...outcomes.keys()], failures, NOT_THE_CLIENT]);
  }

  async revocable(id: string): Promise<Secret | null> {
    const row = await this.#withTokens(id);
    if (row === null) return null;
    return (
      this.#opened(row, 'refresh_token', row.refreshToken) ??
      this.#opened(row, 'access_token', row.accessToken)
    );
  }

  async #saved(id: string): Promise<Connection> {
    return connectionOfRow(await this.rows.findOneByOrFail({ id }));
  }

  async #withTokens(id: string): Promise<ConnectionEntity | null> {
    return this.#rowsWithTokens().where('c.id = :id', { id }).getOne();
  }

  #rowsWithTokens(): SelectQueryBuilder<ConnectionEntity> {
    return this.rows.createQueryBuilder('c').addSelect(['c.accessToken', 'c.refreshToken']);
  }

  #tokensOf(row: ConnectionEntity): ReturnType<HeldConnection['openTokens']> {
    return {
      account: row.accountEmail,
      accessToken: this.#opened(row, 'access_token', row.accessToken),
      refreshToken: this.#opened(row, 'refresh_token', row.refreshToken),
      expiresAt: row.tokenExpiresAt,
      refreshedAt: row.lastRefreshedAt,
      version: row.tokenVersion,
      refreshNotBefore: row.refreshNotBefore,
      authStatus: row.authStatus,
      lastError: row.lastError,
    };
  }

  #sealed(id: string, column: Column, token: Secret | null): string | null {
    return token && this.cipher.encrypt(token, sealedPlace('connections', id, column));
  }

  #opened({ id }: ConnectionEntity, column: Column, stored: string | null): Secret | null {
    return stored === null ? null : this.cipher.decrypt(stored, sealedPlace('connections', id, column));
  }
}

/** TypeORM answers `[rows, count]` for UPDATE and DELETE; ours all end in RETURNING inside a CTE or not. */
function affected(result: unknown): boolean {
  const rows: unknown = Array.isArray(result) && Array.isArray(result[0]) ? result[0] : result;
  return Array.isArray(rows) && rows.length > 0;
}

function connectionOfRow(row: ConnectionEntity): Connection {
  const { id, workspaceId, provider, accountEmail, accountSub, authStatus, lastError, scopes } = row;
  const { tokenExpiresAt, lastRefreshedAt, consentedAt, refreshTokenExpiresAt, createdAt } = row;
  const identity = { id, workspaceId, provider, accountEmail, accountSub };
  const times = { tokenExpiresAt, lastRefreshedAt, consentedAt, createdAt };
  return { ...identity, ...times, authStatus, lastError, scopes, authorizationEndsAt: refreshTokenExpiresAt };
}

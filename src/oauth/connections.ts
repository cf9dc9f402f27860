import type { Failure } from '../shared/failure.js';
import type { Page, PageQuery } from '../shared/page.js';
import type { Secret } from '../shared/secret.js';
import type { Instant } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Connection } from './connection.js';
import type { StoredTokens, TokenGrant } from './token-grant.js';

export interface Account {
  readonly workspaceId: string;
  readonly email: string;
  readonly sub: string | null;
}

/** Where a walk over the connections stands: one of them, and when its token ends (0: not known). */
export interface Due {
  readonly id: string;
  readonly expiresAt: Instant;
}

export interface DueWish {
  readonly scope: WorkspaceScope;
  /** All that are connected, whatever their state and their token's age. */
  readonly force: boolean;
  readonly now: Instant;
  /** Due from here on before the token ends. */
  readonly marginMs: number;
  /** And once to twice as much earlier, each account by a share of its own. */
  readonly lookaheadMs: number;
}

/** An authorization that the provider refused to go on with, for no finer reason, and when that was noticed. */
export interface EndedGrant {
  readonly connectionId: string;
  readonly consentedAt: Instant;
  readonly endedAt: Instant;
}

/** A connection that our own OAuth client holds up, and the provider's word for why. */
export interface HeldUp {
  readonly id: string;
  readonly code: string;
}

/** A connection, and what opens its stored tokens. */
export interface HeldConnection {
  readonly connection: Connection;
  /** @throws Undecryptable */
  readonly openTokens: () => StoredTokens & Pick<Connection, 'authStatus' | 'lastError'>;
}

/** What a refresh sets out from; if any of it changed, another refresh came to an end meanwhile. */
export type RefreshPoint = Pick<StoredTokens, 'version' | 'refreshNotBefore'> &
  Pick<Connection, 'authStatus'>;

/**
 * The connections of all workspaces. Every change of state is a compare-and-set on the token version, so
 * that any number of simultaneous failures makes one transition, and a late write changes nothing.
 */
export abstract class Connections {
  abstract find(id: string, scope: WorkspaceScope): Promise<Connection | null>;
  abstract findMany(ids: readonly string[]): Promise<Connection[]>;
  abstract findByAccount(account: Pick<Account, 'workspaceId' | 'email'>): Promise<Connection | null>;
  abstract list(scope: WorkspaceScope, page: PageQuery): Promise<Page<Connection>>;
  abstract all(scope: WorkspaceScope): Promise<Connection[]>;
  abstract disconnectedIds(scope: WorkspaceScope): Promise<string[]>;
  /** How many {@link walk} comes by. */
  abstract count(scope: WorkspaceScope): Promise<number>;
  /** Of connected accounts, by id, those that come after `after`; with their tokens, in one statement. */
  abstract walk(scope: WorkspaceScope, after: string, limit: number): Promise<HeldConnection[]>;
  /** Authorizations that ended from `since` on, the earliest first, also of connections that work again. */
  abstract endedGrants(scope: WorkspaceScope, since: Instant): Promise<EndedGrant[]>;
  /** Whose tokens are to be refreshed, soonest first, those that come after `after`. */
  abstract due(wish: DueWish, after: Due, limit: number): Promise<Due[]>;
  /** What our own OAuth client holds up: first what stands still, then what was asked for least. */
  abstract heldUp(): Promise<HeldUp[]>;
  /**
   * Our OAuth client is accepted again: all that it held up as such go on with the tokens they have. How many. What
   * `unauthorized_client` stopped is not among them.
   */
  abstract resumeHeldUp(): Promise<number>;

  /** Creates the connection, or re-authorizes the one of the same workspace and account in place. */
  abstract connect(account: Account, grant: TokenGrant, scopes: readonly string[]): Promise<Connection>;
  /** Records an account whose consent was not enough; an active connection is left as it is (F16). */
  abstract refuse(account: Account, scopes: readonly string[], failure: Failure): Promise<Connection>;
  /** Erases the tokens. False when it was disconnected already. */
  abstract disconnect(id: string): Promise<boolean>;
  /** Whether any other connection lives on the same grant: revoking would end that one too (F71). */
  abstract sharesGrant(connection: Connection): Promise<boolean>;

  /** Null when there is no such connection. @throws Undecryptable */
  abstract tokens(id: string): Promise<(StoredTokens & Pick<Connection, 'authStatus' | 'lastError'>) | null>;
  /**
   * Takes the right to refresh for `leaseMs`, if the connection is still as `seen`. Null when another holds
   * the lease, or has ended a refresh since.
   */
  abstract leaseRefresh(id: string, seen: RefreshPoint, leaseMs: number): Promise<string | null>;
  /** Stores a refreshed grant under the lease; ends `needs_reauth`. False when the lease was lost. */
  abstract storeRefreshed(id: string, leaseId: string, grant: TokenGrant): Promise<boolean>;
  /**
   * A refresh that failed for the moment: gives the lease back, and nobody tries again before `pauseMs` are over. What
   * stopped a connection stays its last error.
   */
  abstract postponeRefresh(id: string, leaseId: string, failure: Failure, pauseMs: number): Promise<void>;
  /**
   * Marks version `version` as needing a person. True for the one caller who made the transition. With `leaseId`,
   * nothing happens when that lease was lost: whoever has it now may be getting a new token for the refused one.
   */
  abstract markNeedsReauth(id: string, version: number, failure: Failure, leaseId?: string): Promise<boolean>;
  /** A failure that leaves the connection active, for the operator to see. */
  abstract noteFailure(id: string, failure: Failure): Promise<void>;
  /** The connection can be read: its last error is history, unless only a refresh can show that it is over. */
  abstract clearFailure(id: string): Promise<void>;
  /** As {@link noteFailure}, or where it is null as {@link clearFailure}; one statement for all, by their ids. */
  abstract noteOutcomes(outcomes: ReadonlyMap<string, Failure | null>): Promise<void>;

  /** A token that revoking can be asked with: the refresh token, else the access token. */
  abstract revocable(id: string): Promise<Secret | null>;
}

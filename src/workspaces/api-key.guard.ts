import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { DocumentedAccess, type Access } from '../shared/api-operation.js';
import { Forbidden, Unauthenticated, ValidationFailed } from '../shared/app-error.js';
import { ADMIN, type Author, type Requester } from '../shared/author.js';
import { Config } from '../shared/config.js';
import { isUuid } from '../shared/ids.js';
import { sameText } from '../shared/hashing.js';
import { record } from '../shared/record.js';
import { AdminSessions } from './admin-sessions.js';
import { ApiKeys } from './api-keys.js';
import { KeyRates } from './key-rates.js';
import { sessionTokenIn, type SessionHeaders } from './session-cookie.js';
import type { WorkspaceScope } from './workspace.js';
import { Workspaces } from './workspaces.js';

const ACCESS = 'slotkeeper:access';
const SCRAPERS = 'slotkeeper:scrapers';
const OVER_WORKSPACES = 'slotkeeper:over-workspaces';

/** No key needed. */
export const Public = () => Opens('public');
/** Only the admin key opens this. */
export const AdminOnly = () => Opens('admin');
/** Only the admin key opens this, or nobody needs one: as METRICS_PUBLIC says. */
export const Scrapers = () => applyDecorators(AdminOnly(), SetMetadata(SCRAPERS, true));

/** `workspace_id` narrows nothing here; if anything, it is something to look for, also of a workspace that is gone. */
export const OverWorkspaces = () => SetMetadata(OVER_WORKSPACES, true);

function Opens(access: Access): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS, access), DocumentedAccess(access));
}

interface KeyedRequest {
  readonly id: string;
  readonly headers: SessionHeaders & { readonly authorization?: string };
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  scope?: WorkspaceScope;
  author?: Author;
}

interface Caller {
  readonly scope: WorkspaceScope;
  readonly author: Author;
}

const THE_ADMIN: Caller = { scope: 'all', author: ADMIN };

/** The {@link WorkspaceScope} of the key that came with a request. @throws Unauthenticated on a public route */
export function scopeOf(context: ExecutionContext): WorkspaceScope {
  const { scope } = context.switchToHttp().getRequest<KeyedRequest>();
  if (scope === undefined) throw new Unauthenticated('A key is needed.');
  return scope;
}

/** Hands {@link scopeOf} to a handler. */
export const Scope = createParamDecorator((_: unknown, context: ExecutionContext) => scopeOf(context));

/** Hands a handler whose request it serves; on routes that need a key. */
export const RequestedBy = createParamDecorator((_: unknown, context: ExecutionContext): Requester => {
  const { author, id } = context.switchToHttp().getRequest<KeyedRequest>();
  if (author === undefined) throw new Unauthenticated('A key is needed.');
  return { author, requestId: id };
});

/** Every route needs a key unless it says otherwise; the key decides which workspace a handler may touch. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly keys: ApiKeys,
    private readonly workspaces: Workspaces,
    private readonly rates: KeyRates,
    private readonly sessions: AdminSessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context);
    if (access === 'public' || (this.config.metricsPublic && isMarked(context, SCRAPERS))) return true;
    const request = context.switchToHttp().getRequest<KeyedRequest>();
    const { scope, author } = this.#isSignedIn(access, request)
      ? THE_ADMIN
      : await this.#callerOf(presentedKey(request));
    // The log line of a request that is refused here names whose key it was, too.
    request.scope = scope;
    this.rates.take(author.actor);
    request.author = author;
    if (access === 'admin' && scope !== 'all') throw new Forbidden('This needs the admin key.');
    if (!isMarked(context, OVER_WORKSPACES)) request.scope = await this.#narrowed(scope, request);
    return true;
  }

  /** In the dashboard, whose session stands in for the admin key where nothing else opens. */
  #isSignedIn(access: Access | undefined, { headers }: KeyedRequest): boolean {
    if (access !== 'admin' || headers.authorization !== undefined) return false;
    const token = sessionTokenIn(headers);
    return token !== null && this.sessions.isOpen(token);
  }

  async #callerOf(presented: string): Promise<Caller> {
    if (sameText(presented, this.config.adminApiKey.reveal())) return THE_ADMIN;
    const key = await this.keys.find(presented);
    if (key === null) throw new Unauthenticated('The key is not valid.');
    const { id, name, workspaceId } = key;
    return { scope: { workspaceId }, author: { actor: `key:${id}`, name } };
  }

  /** The admin key names its workspace with `workspace_id`; a workspace key may repeat its own, nothing else. */
  async #narrowed(scope: WorkspaceScope, request: KeyedRequest): Promise<WorkspaceScope> {
    const named = namedWorkspace(request);
    if (named === undefined) return scope;
    if (typeof named !== 'string' || !isUuid(named))
      throw ValidationFailed.of('workspace_id', 'expected a UUID');
    if (scope !== 'all' && scope.workspaceId === named.toLowerCase()) return scope;
    if (scope !== 'all' || (await this.workspaces.find(named)) === null)
      throw ValidationFailed.of('workspace_id', 'no such workspace');
    return { workspaceId: named.toLowerCase() };
  }
}

function accessOf(context: ExecutionContext): Access | undefined {
  const marked: unknown =
    Reflect.getMetadata(ACCESS, context.getHandler()) ?? Reflect.getMetadata(ACCESS, context.getClass());
  return marked === 'public' || marked === 'admin' ? marked : undefined;
}

function isMarked(context: ExecutionContext, mark: string): boolean {
  return [context.getHandler(), context.getClass()].some(
    (marked) => Reflect.getMetadata(mark, marked) === true,
  );
}

function presentedKey({ headers }: KeyedRequest): string {
  const [, key] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (key === undefined) throw new Unauthenticated('Send a key as "Authorization: Bearer <key>".');
  return key;
}

function namedWorkspace({ query, body }: KeyedRequest): unknown {
  if (query?.['workspace_id'] !== undefined) return query['workspace_id'];
  return record(body)['workspace_id'];
}

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
import { Config } from '../shared/config.js';
import { isUuid } from '../shared/ids.js';
import { sameText } from '../shared/hashing.js';
import { record } from '../shared/record.js';
import { ApiKeys } from './api-keys.js';
import type { WorkspaceScope } from './workspace.js';
import { Workspaces } from './workspaces.js';

const ACCESS = 'slotkeeper:access';

/** No key needed. */
export const Public = () => Opens('public');
/** Only the admin key opens this. */
export const AdminOnly = () => Opens('admin');

function Opens(access: Access): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(ACCESS, access), DocumentedAccess(access));
}

interface KeyedRequest {
  readonly headers: { readonly authorization?: string };
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  scope?: WorkspaceScope;
}

/** The {@link WorkspaceScope} of the key that came with a request. @throws Unauthenticated on a public route */
export function scopeOf(context: ExecutionContext): WorkspaceScope {
  const { scope } = context.switchToHttp().getRequest<KeyedRequest>();
  if (scope === undefined) throw new Unauthenticated('A key is needed.');
  return scope;
}

/** Hands {@link scopeOf} to a handler. */
export const Scope = createParamDecorator((_: unknown, context: ExecutionContext) => scopeOf(context));

/** Every route needs a key unless it says otherwise; the key decides which workspace a handler may touch. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly keys: ApiKeys,
    private readonly workspaces: Workspaces,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(context);
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<KeyedRequest>();
    const scope = await this.#scopeOf(presentedKey(request));
    // The log line of a request that is refused here names whose key it was, too.
    request.scope = scope;
    if (access === 'admin' && scope !== 'all') throw new Forbidden('This needs the admin key.');
    request.scope = await this.#narrowed(scope, request);
    return true;
  }

  async #scopeOf(key: string): Promise<WorkspaceScope> {
    if (sameText(key, this.config.adminApiKey.reveal())) return 'all';
    const workspaceId = await this.keys.workspaceOf(key);
    if (workspaceId === null) throw new Unauthenticated('The key is not valid.');
    return { workspaceId };
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

function presentedKey({ headers }: KeyedRequest): string {
  const [, key] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (key === undefined) throw new Unauthenticated('Send a key as "Authorization: Bearer <key>".');
  return key;
}

function namedWorkspace({ query, body }: KeyedRequest): unknown {
  if (query?.['workspace_id'] !== undefined) return query['workspace_id'];
  return record(body)['workspace_id'];
}

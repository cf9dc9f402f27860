import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditedRoute } from '../../shared/audited.js';
import { PUBLIC } from '../../shared/author.js';
import { isUuid } from '../../shared/ids.js';
import { record } from '../../shared/record.js';
import type { NewAuditEntry } from '../audit-entry.js';

type Write = (entry: NewAuditEntry) => Promise<void>;

/**
 * Records each request to an audited route before it is answered: whoever has an answer finds the entry. Other routes
 * do not notice. Requests without a key are told apart by what the handler notes; without that, they did nothing.
 */
export function auditRequests(fastify: FastifyInstance, write: Write): void {
  fastify.addHook('onRoute', (route) => {
    const audit = route.config?.audit;
    if (audit === undefined) return;
    route.onSend = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
      const entry = entryOf(audit, request, reply, payload);
      if (entry !== null) await write(entry);
    };
  });
}

function entryOf(
  route: AuditedRoute,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): NewAuditEntry | null {
  const { audit: note } = reply;
  const author = request.author ?? (note === undefined ? undefined : PUBLIC);
  if (author === undefined) return null;
  const end = endOf(reply);
  return {
    author,
    // What a problem tells is about another object than the one that has not been made.
    ...(note ?? seenFromOutside(route, request, end.outcome === 'done' ? payload : null)),
    action: note?.action ?? route.action,
    requestId: request.id,
    ...end,
  };
}

function seenFromOutside({ action, object }: AuditedRoute, request: FastifyRequest, payload: unknown) {
  const objectId = idIn(object, request, payload);
  return { objectId, workspaceId: workspaceOf(request, action, objectId) };
}

function endOf({ problem, statusCode }: FastifyReply): Pick<NewAuditEntry, 'outcome' | 'code'> {
  const status = problem?.status ?? statusCode;
  const code = problem?.facts['code'];
  const refusal = status < 500 ? 'refused' : 'failed';
  return { outcome: status < 400 ? 'done' : refusal, code: typeof code === 'string' ? code : null };
}

/** Of the key, or named with the admin key, or the one that the path is about. */
function workspaceOf(request: FastifyRequest, action: string, objectId: string | null): string | null {
  const { workspaceId } = record(record(request)['scope']);
  if (typeof workspaceId === 'string') return workspaceId;
  if (action.startsWith('workspace.')) return objectId;
  return /\/workspaces\/:id\//.test(request.routeOptions.url ?? '')
    ? idIn({ path: 'id' }, request, null)
    : null;
}

function idIn(place: AuditedRoute['object'], { params }: FastifyRequest, payload: unknown): string | null {
  if (place === null) return null;
  const id = 'path' in place ? record(params)[place.path] : answered(payload)[place.answer];
  return typeof id === 'string' && isUuid(id) ? id.toLowerCase() : null;
}

function answered(payload: unknown): ReturnType<typeof record> {
  return typeof payload === 'string' && payload.startsWith('{') ? record(JSON.parse(payload)) : {};
}

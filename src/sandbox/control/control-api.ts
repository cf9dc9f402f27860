import { jsonReply, type Reply, type Request } from '../messages.js';
import { matchPath } from '../path-template.js';
import type { SandboxState } from '../state.js';
import type { ControlCall } from './control-call.js';
import { ControlError } from './control-error.js';
import { description } from './description.js';
import { parseFault } from './fault-body.js';
import { expireTokens, giveConsent, revokeTokens } from './grants.js';
import {
  changeAccess,
  createAccount,
  createCalendar,
  deleteCalendar,
  listAccounts,
  removeCalendarFromAccount,
} from './people.js';
import { listRawEvents, removeEvents, seedEvents } from './raw-events.js';
import { changeSettings, readSettings } from './settings.js';

type Handler = (call: ControlCall) => Reply;

const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /': describe,
  'GET /sandbox': describe,
  'GET /sandbox/accounts': listAccounts,
  'POST /sandbox/accounts': createAccount,
  'POST /sandbox/accounts/:email/calendars': createCalendar,
  'PATCH /sandbox/accounts/:email/calendars/:id': changeAccess,
  'DELETE /sandbox/accounts/:email/calendars/:id': removeCalendarFromAccount,
  'DELETE /sandbox/calendars/:id': deleteCalendar,
  'GET /sandbox/calendars/:id/events': listRawEvents,
  'POST /sandbox/calendars/:id/events': seedEvents,
  'DELETE /sandbox/calendars/:id/events': removeEvents,
  'DELETE /sandbox/calendars/:id/events/:eventId': removeEvents,
  'GET /sandbox/faults': ({ state }) => jsonReply(200, { faults: state.faults.list() }),
  'POST /sandbox/faults': ({ state, body }) => jsonReply(201, { id: state.faults.add(parseFault(body)) }),
  'DELETE /sandbox/faults': clearFaults,
  'DELETE /sandbox/faults/:id': removeFault,
  'GET /sandbox/requests': listRequests,
  'DELETE /sandbox/requests': clearRequests,
  'POST /sandbox/tokens/expire': expireTokens,
  'POST /sandbox/tokens/revoke': revokeTokens,
  'POST /sandbox/consent': giveConsent,
  'GET /sandbox/settings': readSettings,
  'POST /sandbox/settings': changeSettings,
};

export function isControl({ path }: Request): boolean {
  return path === '/' || path === '/sandbox' || path.startsWith('/sandbox/');
}

/** Answers a call to the control API. It needs no key: the stand-in listens on the loopback interface. */
export function answerControl(request: Request, state: SandboxState, origin: string): Reply {
  const path = request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path;
  for (const [route, handler] of Object.entries(ROUTES)) {
    const [method, template = ''] = route.split(' ');
    const params = method === request.method ? matchPath(template, path) : undefined;
    if (!params) continue;
    const reply = run(handler, { state, params, query: request.query, body: request.body, origin });
    if (method !== 'GET') state.changed();
    return reply;
  }
  return jsonReply(404, {
    error: { field: 'path', message: `There is no ${request.method} ${path}; see GET /sandbox` },
  });
}

function run(handler: Handler, call: ControlCall): Reply {
  try {
    return handler(call);
  } catch (error) {
    if (error instanceof ControlError) return error.reply();
    throw error;
  }
}

function describe({ origin, state }: ControlCall): Reply {
  return jsonReply(200, description(origin, Object.keys(ROUTES), state));
}

function clearFaults({ state }: ControlCall): Reply {
  const deleted = state.faults.list().length;
  state.faults.clear();
  return jsonReply(200, { deleted });
}

function removeFault({ state, params }: ControlCall): Reply {
  if (!state.faults.remove(params['id'] ?? '')) throw new ControlError(404, 'id', 'There is no such fault');
  return jsonReply(200, { deleted: 1 });
}

function listRequests({ state, query }: ControlCall): Reply {
  const unknown = [...query.keys()].find((name) => !['endpoint', 'account', 'calendar'].includes(name));
  if (unknown !== undefined)
    throw new ControlError(400, unknown, 'Requests are filtered by endpoint, account, calendar');
  const filter = Object.fromEntries(query);
  const requests = state.requests.list(filter);
  return jsonReply(200, {
    count: requests.length,
    counts: state.requests.countsByEndpoint(filter),
    requests,
  });
}

function clearRequests({ state }: ControlCall): Reply {
  const deleted = state.requests.count();
  state.requests.clear();
  return jsonReply(200, { deleted });
}

import type { Shape } from '../json-shape.js';
import { jsonReply, type Reply } from '../messages.js';
import { SANDBOX_CLIENT_ID } from '../state/clients.js';
import type { ControlCall } from './control-call.js';
import { parseControlBody } from './control-body.js';
import { ControlError } from './control-error.js';

const SHAPE = {
  fields: {
    client_id: 'string',
    client_secret: 'string',
    access_token_lifetime_seconds: 'integer',
    rotate_refresh_tokens: 'boolean',
    rotation_grace_seconds: 'integer',
    refresh_token_lifetime_seconds: 'integer',
    page_size_limit: 'integer',
    leading_empty_page: 'boolean',
    meet_links: ['immediate', 'delayed', 'failing'],
    free_busy_max_days: 'integer',
  },
} as const satisfies Shape;

export const SETTINGS: readonly string[] = Object.keys(SHAPE.fields);

export function readSettings({ state }: ControlCall): Reply {
  const clients = [...state.clients.values()].map(({ id, settings }) => ({ client_id: id, ...settings }));
  return jsonReply(200, { ...state.settings, clients });
}

/** Changes what is given. Settings of tokens belong to one client, by default the built-in one. */
export function changeSettings(call: ControlCall): Reply {
  const { state, body } = call;
  const {
    client_id: id = SANDBOX_CLIENT_ID,
    client_secret: secret,
    ...given
  } = parseControlBody(body, SHAPE);
  const client = state.clients.get(id);
  if (!client) throw new ControlError(404, 'client_id', `There is no client ${id}`);
  const clientNames = Object.keys(client.settings);
  const entries = Object.entries(given);
  const settings = Object.fromEntries(entries.filter(([name]) => clientNames.includes(name)));
  state.clients.set(id, {
    ...client,
    secret: secret ?? client.secret,
    settings: { ...client.settings, ...settings },
  });
  Object.assign(state.settings, Object.fromEntries(entries.filter(([name]) => !clientNames.includes(name))));
  return readSettings(call);
}

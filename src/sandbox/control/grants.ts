import { GoogleError } from '../google-errors.js';
import type { Shape } from '../json-shape.js';
import { jsonReply, type Reply } from '../messages.js';
import { parseAuthorizationRequest } from '../oauth/authorization-request.js';
import { consented, notConsented } from '../oauth/consent.js';
import { parseScopes } from '../oauth/scopes.js';
import type { SandboxState } from '../state.js';
import type { ControlCall } from './control-call.js';
import { parseControlBody } from './control-body.js';
import { ControlError } from './control-error.js';
import { accountNamed } from './people.js';

const ACCOUNT = { fields: { account: 'string' }, required: ['account'] } as const satisfies Shape;

const CONSENT = {
  fields: { authorization_url: 'string', account: 'string', scopes: { list: 'string' }, deny: 'boolean' },
  required: ['authorization_url'],
} as const satisfies Shape;

/** Access tokens of the account stop working; refresh tokens do not. */
export function expireTokens({ state, body }: ControlCall): Reply {
  const { email } = accountIn(body, state);
  return jsonReply(200, { expired: state.tokens.expireAccessTokens(email, state.clock.now()) });
}

/** The person takes back every grant, as on the security page of a Google account. */
export function revokeTokens({ state, body }: ControlCall): Reply {
  const { email } = accountIn(body, state);
  const grants = [...state.tokens.grants.values()].filter(({ account }) => account === email);
  for (const { account, clientId } of grants) state.tokens.revoke(account, clientId);
  return jsonReply(200, { revoked: grants.length });
}

/** Does what a person does on the consent page, in one call. `scopes` are those left ticked; default all. */
export function giveConsent({ state, body }: ControlCall): Reply {
  const { authorization_url, account, scopes, deny } = parseControlBody(body, CONSENT);
  const request = authorizationRequest(authorization_url, state);
  if (deny)
    return jsonReply(200, { redirect_url: notConsented(request, 'access_denied').reply.headers['location'] });
  if (account === undefined)
    throw new ControlError(400, 'account', 'account is required, unless deny is true');
  const ticked = scopes ? parseScopes(scopes.join(' ')) : request.scopes;
  const { reply, commit } = consented(request, accountNamed(account, state, 'account'), ticked, state);
  commit?.();
  return jsonReply(200, { redirect_url: reply.headers['location'] });
}

function authorizationRequest(url: string, state: SandboxState) {
  if (!URL.canParse(url))
    throw new ControlError(400, 'authorization_url', 'authorization_url must be an address');
  try {
    return parseAuthorizationRequest(new URL(url).searchParams, state);
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    const words = error.reply.body.replace(/^[^]*<main>|<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    throw new ControlError(400, 'authorization_url', words.trim());
  }
}

function accountIn(body: string, state: SandboxState) {
  const { account } = parseControlBody(body, ACCOUNT);
  return accountNamed(account, state, 'account');
}

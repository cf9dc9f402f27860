import { GoogleError } from '../google-errors.js';
import type { SandboxState } from '../state.js';
import { mayRedirectTo, type Client } from '../state/clients.js';
import { authorizationErrorPage } from './pages.js';
import { isKnownScope, parseScopes } from './scopes.js';

/** A request for consent that has passed every check. */
export interface AuthorizationRequest {
  readonly client: Client;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly offline: boolean;
  readonly prompt: readonly string[];
  readonly includeGranted: boolean;
  readonly loginHint?: string;
  readonly challenge?: { readonly value: string; readonly method: string };
  readonly nonce?: string;
}

const REQUIRED = ['client_id', 'redirect_uri', 'response_type', 'scope', 'state'];
const OPTIONAL = [
  'access_type',
  'prompt',
  'login_hint',
  'include_granted_scopes',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'hd',
  'hl',
  'authuser',
  'enable_granular_consent',
];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  access_type: ['online', 'offline'],
  include_granted_scopes: ['true', 'false'],
  code_challenge_method: ['S256', 'plain'],
};

/**
 * Reads the parameters of the authorization endpoint. Stricter than Google in two ways: `state` must be
 * there, and a parameter nobody knows is refused.
 *
 * @throws GoogleError with the page that Google shows instead of redirecting
 */
export function parseAuthorizationRequest(query: URLSearchParams, state: SandboxState): AuthorizationRequest {
  checkParameters(query);
  const value = (name: string) => query.get(name) ?? '';
  const client = state.clients.get(value('client_id'));
  if (!client) return refuse('invalid_client', 'The OAuth client was not found.');
  if (!mayRedirectTo(client, value('redirect_uri'))) {
    refuse('redirect_uri_mismatch', `The redirect URI is not registered: ${value('redirect_uri')}`);
  }
  if (value('response_type') !== 'code') {
    refuse('unsupported_response_type', 'The response type must be "code".');
  }
  return {
    client,
    redirectUri: value('redirect_uri'),
    scopes: knownScopes(value('scope')),
    state: value('state'),
    offline: value('access_type') === 'offline',
    prompt: value('prompt').split(' '),
    includeGranted: value('include_granted_scopes') === 'true',
    ...challengeIn(query),
    ...(value('nonce') && { nonce: value('nonce') }),
    ...(value('login_hint') && { loginHint: value('login_hint') }),
  };
}

function knownScopes(text: string): string[] {
  const scopes = parseScopes(text);
  const unknown = scopes.filter((scope) => !isKnownScope(scope));
  if (unknown.length > 0)
    refuse('invalid_scope', `Some requested scopes were invalid: ${unknown.join(', ')}`);
  return scopes;
}

function challengeIn(query: URLSearchParams): Pick<AuthorizationRequest, 'challenge'> {
  const value = query.get('code_challenge');
  if (value === null) return {};
  return { challenge: { value, method: query.get('code_challenge_method') ?? 'plain' } };
}

function checkParameters(query: URLSearchParams): void {
  for (const name of REQUIRED) {
    if (!query.get(name)) refuse('invalid_request', `Missing required parameter: ${name}`);
  }
  for (const [name, value] of query) {
    if (query.getAll(name).length > 1) {
      refuse('invalid_request', `OAuth 2 parameters can only have a single value: ${name}`);
    }
    if (!REQUIRED.includes(name) && !OPTIONAL.includes(name)) {
      refuse('invalid_request', `Parameter not allowed for this message type: ${name}`);
    }
    if (VALUES[name]?.includes(value) === false) {
      refuse('invalid_request', `Invalid parameter value for ${name}: ${value}`);
    }
  }
  checkChallenge(query);
}

function checkChallenge(query: URLSearchParams): void {
  const challenge = query.get('code_challenge');
  if (challenge === null && query.has('code_challenge_method')) {
    refuse('invalid_request', 'Missing required parameter: code_challenge');
  }
  if (challenge !== null && !/^[\w.~-]{43,128}$/.test(challenge)) {
    refuse('invalid_request', 'Invalid parameter value for code_challenge');
  }
}

function refuse(error: string, description: string): never {
  throw new GoogleError(authorizationErrorPage(error, description));
}

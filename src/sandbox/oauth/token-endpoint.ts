import { createHash } from 'node:crypto';
import { GoogleError, oauthError } from '../google-errors.js';
import { jsonReply, type Outcome, type Request } from '../messages.js';
import type { SandboxState } from '../state.js';
import type { Client } from '../state/clients.js';
import {
  newAccessToken,
  newRefreshToken,
  type AuthorizationCode,
  type RefreshToken,
} from '../state/tokens.js';
import { idToken } from './id-token.js';
import { parseScopes } from './scopes.js';

type Form = URLSearchParams;

/** `POST /token`: gives tokens for a code or a refresh token. */
export function token(request: Request, state: SandboxState): Outcome {
  const form = tokenForm(request);
  const client = authenticate(form, request.headers.authorization, state);
  const grantType = required(form, 'grant_type');
  if (grantType === 'authorization_code') return exchange(form, client, state);
  if (grantType === 'refresh_token') return refresh(form, client, state);
  return refuse(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType}`);
}

/** The form in the body; empty when the body is something else. */
export function tokenForm({ headers, body }: Request): Form {
  const isForm = headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded');
  return new URLSearchParams(isForm ? body : '');
}

function authenticate(form: Form, authorization: string | undefined, { clients }: SandboxState): Client {
  const [id, secret] = basicCredentials(authorization) ?? [form.get('client_id'), form.get('client_secret')];
  if (!id) refuse(400, 'invalid_request', 'Could not determine client ID from request.');
  const client = clients.get(id);
  if (!client) return refuse(401, 'invalid_client', 'The OAuth client was not found.');
  if (!secret) refuse(400, 'invalid_request', 'client_secret is missing.');
  if (secret !== client.secret) refuse(401, 'invalid_client', 'The provided client secret is invalid.');
  return client;
}

function basicCredentials(authorization = ''): [string, string] | undefined {
  const encoded = /^Basic (.+)$/i.exec(authorization)?.[1];
  if (!encoded) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  return [decodeURIComponent(id), decodeURIComponent(secret.join(':'))];
}

function exchange(form: Form, client: Client, state: SandboxState): Outcome {
  const code = state.tokens.codes.get(required(form, 'code'));
  if (!code) {
    const used = state.tokens.ended.has(form.get('code') ?? '');
    return refuse(400, 'invalid_grant', used ? 'Bad Request' : 'Malformed auth code.');
  }
  if (code.clientId !== client.id) refuse(401, 'unauthorized_client', 'Unauthorized');
  if (code.redirectUri !== required(form, 'redirect_uri'))
    refuse(400, 'redirect_uri_mismatch', 'Bad Request');
  if (code.expiresAt <= state.clock.now()) refuse(400, 'invalid_grant', 'Bad Request');
  checkVerifier(code, form.get('code_verifier'));
  const fresh = code.offline ? newRefreshFor(code, client, state) : undefined;
  const answer = accessFor(code, client, state, code.nonce);
  return {
    reply: jsonReply(200, { ...answer.body, ...announce(fresh, client) }),
    commit: () => {
      state.tokens.codes.delete(code.code);
      state.tokens.ended.add(code.code);
      answer.store();
      if (fresh) state.tokens.addRefreshToken(fresh);
    },
  };
}

function checkVerifier({ challenge }: AuthorizationCode, verifier: string | null): void {
  if (!challenge) return;
  if (!verifier) refuse(400, 'invalid_grant', 'Missing code verifier.');
  const hashed = createHash('sha256').update(verifier).digest('base64url');
  const proof = challenge.method === 'S256' ? hashed : verifier;
  if (proof !== challenge.value) refuse(400, 'invalid_grant', 'Invalid code verifier.');
}

function refresh(form: Form, client: Client, state: SandboxState): Outcome {
  const held = state.tokens.refreshTokens.get(required(form, 'refresh_token'));
  const now = state.clock.now();
  if (!held || (held.expiresAt !== null && held.expiresAt <= now)) return refuseRefresh(form, held, state);
  if (held.clientId !== client.id) refuse(401, 'unauthorized_client', 'Unauthorized');
  const asked = form.get('scope');
  const scopes = asked ? parseScopes(asked) : held.scopes;
  if (!scopes.every((scope) => held.scopes.includes(scope))) refuse(400, 'invalid_scope', 'Bad Request');
  const answer = accessFor({ ...held, scopes }, client, state);
  const { rotate_refresh_tokens: rotates, rotation_grace_seconds: grace } = client.settings;
  const fresh = rotates ? newRefreshFor(held, client, state) : undefined;
  return {
    reply: jsonReply(200, { ...answer.body, ...announce(fresh, client) }),
    commit: () => {
      answer.store();
      if (!fresh) return;
      state.tokens.addRefreshToken(fresh);
      if (grace > 0) state.tokens.refreshTokens.set(held.token, { ...held, expiresAt: now + grace * 1000 });
      else state.tokens.endRefreshToken(held.token);
    },
  };
}

function refuseRefresh(form: Form, held: RefreshToken | undefined, { tokens }: SandboxState): never {
  const known = held !== undefined || tokens.ended.has(form.get('refresh_token') ?? '');
  return refuse(400, 'invalid_grant', known ? 'Token has been expired or revoked.' : 'Bad Request');
}

type TokenOwner = Pick<RefreshToken, 'account' | 'clientId' | 'scopes'>;

function accessFor(
  { account, clientId, scopes }: TokenOwner,
  client: Client,
  state: SandboxState,
  nonce?: string,
) {
  const lifetime = client.settings.access_token_lifetime_seconds;
  const now = state.clock.now();
  const accessToken = {
    token: newAccessToken(),
    account,
    clientId,
    scopes,
    expiresAt: now + lifetime * 1000,
  };
  const id = scopes.includes('openid') ? { id_token: idToken(accessToken, state, nonce) } : {};
  return {
    body: {
      access_token: accessToken.token,
      expires_in: lifetime,
      scope: scopes.join(' '),
      token_type: 'Bearer',
      ...id,
    },
    store: () => {
      state.tokens.forgetExpired(now);
      state.tokens.accessTokens.set(accessToken.token, accessToken);
    },
  };
}

function newRefreshFor(
  { account, clientId, scopes }: TokenOwner,
  client: Client,
  { clock }: SandboxState,
): RefreshToken {
  const lifetime = client.settings.refresh_token_lifetime_seconds;
  const expiresAt = lifetime === null ? null : clock.now() + lifetime * 1000;
  return { token: newRefreshToken(), account, clientId, scopes, expiresAt };
}

function announce(fresh: RefreshToken | undefined, { settings }: Client): object {
  if (!fresh) return {};
  const lifetime = settings.refresh_token_lifetime_seconds;
  return { refresh_token: fresh.token, ...(lifetime === null ? {} : { refresh_token_expires_in: lifetime }) };
}

function required(form: Form, name: string): string {
  const value = form.get(name);
  if (!value) return refuse(400, 'invalid_request', `Missing required parameter: ${name}`);
  return value;
}

function refuse(status: number, error: string, description: string): never {
  throw new GoogleError(oauthError(status, error, description));
}

import { redirectReply, type Outcome } from '../messages.js';
import type { SandboxState } from '../state.js';
import type { Account } from '../state/accounts.js';
import { newCode, type AuthorizationCode } from '../state/tokens.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { isIdentityScope } from './scopes.js';

export const ISSUER = 'https://accounts.google.com';

const CODE_LIFETIME_MS = 600_000;

/** The person agreed, to all scopes or to those left ticked. */
export function consented(
  request: AuthorizationRequest,
  account: Account,
  ticked: readonly string[],
  state: SandboxState,
): Outcome {
  const code = issueCode(request, account, ticked, state);
  const location = redirection(request, {
    iss: ISSUER,
    code: code.code,
    scope: code.scopes.join(' '),
    authuser: '0',
    prompt: request.prompt.includes('consent') ? 'consent' : 'none',
  });
  return {
    reply: redirectReply(location),
    commit: () => {
      state.tokens.allow(code.account, code.clientId, code.scopes);
      state.tokens.codes.set(code.code, code);
    },
  };
}

/** The client learns that nothing was granted. @param error as OAuth names it, such as `access_denied` */
export function notConsented(request: AuthorizationRequest, error: string): Outcome {
  return { reply: redirectReply(redirection(request, { error })) };
}

function issueCode(
  request: AuthorizationRequest,
  { email }: Account,
  ticked: readonly string[],
  { tokens, clock }: SandboxState,
): AuthorizationCode {
  const { client, redirectUri, scopes, offline, prompt, includeGranted, challenge, nonce } = request;
  const known = tokens.grant(email, client.id);
  const allowed = scopes.filter((scope) => isIdentityScope(scope) || ticked.includes(scope));
  return {
    code: newCode(),
    account: email,
    clientId: client.id,
    redirectUri,
    scopes: [...new Set([...allowed, ...(includeGranted ? (known?.scopes ?? []) : [])])],
    expiresAt: clock.now() + CODE_LIFETIME_MS,
    offline: offline && (!known || prompt.includes('consent')),
    ...(challenge && { challenge }),
    ...(nonce && { nonce }),
  };
}

function redirection({ redirectUri, state }: AuthorizationRequest, answer: Record<string, string>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ state, ...answer })) url.searchParams.set(name, value);
  return url.href;
}

import { GoogleError, oauthError } from '../google-errors.js';
import { jsonReply, type Outcome, type Request } from '../messages.js';
import type { SandboxState } from '../state.js';
import { tokenForm } from './token-endpoint.js';

/** `POST /revoke`: ends everything that the account has granted to the client, whichever token is given. */
export function revoke(request: Request, state: SandboxState): Outcome {
  const token = tokenToRevoke(request);
  if (!token) throw new GoogleError(oauthError(400, 'invalid_request', 'Missing required parameter: token'));
  const held = tokenOwner(token, state);
  if (!held) throw new GoogleError(oauthError(400, 'invalid_token', 'Token expired or revoked'));
  return {
    reply: jsonReply(200, {}),
    commit: () => state.tokens.revoke(held.account, held.clientId),
  };
}

export function tokenToRevoke(request: Request): string | null {
  return tokenForm(request).get('token') ?? request.query.get('token');
}

export function tokenOwner(token: string, { tokens, clock }: SandboxState) {
  const access = tokens.accessTokens.get(token);
  return tokens.refreshTokens.get(token) ?? (access && access.expiresAt > clock.now() ? access : undefined);
}

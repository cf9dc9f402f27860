import type { Secret } from '../shared/secret.js';
import type { TokenGrant } from './token-grant.js';

export interface AuthorizationRequest {
  readonly state: string;
  readonly codeChallenge: string;
  readonly loginHint: string | undefined;
}

/** A provider's OAuth 2.0 endpoints. Every call is one attempt; the caller owns retries. */
export abstract class TokenEndpoint {
  /** Names our registration at the provider, its secret included, without telling either. */
  abstract readonly client: string;
  /** Whether `issuer` names the provider whose consent page {@link authorizationUrl} opens. */
  abstract isIssuer(issuer: string): boolean;
  /** Where a person consents (RFC 6749 section 4.1.1, PKCE S256 by RFC 7636). */
  abstract authorizationUrl(request: AuthorizationRequest): string;
  /** The permissions without which nothing works and that `granted` lacks; empty when all is there. */
  abstract missingScopes(granted: readonly string[]): readonly string[];
  /** The scopes that {@link authorizationUrl} asks for. */
  abstract readonly requestedScopes: readonly string[];
  /** @throws ProviderError */
  abstract exchange(code: Secret, codeVerifier: Secret, signal: AbortSignal): Promise<TokenGrant>;
  /** @throws ProviderError */
  abstract refresh(refreshToken: Secret, signal: AbortSignal): Promise<TokenGrant>;
  /** Ends the whole grant at the provider. @throws ProviderError */
  abstract revoke(token: Secret, signal: AbortSignal): Promise<void>;
}

import { jsonReply, type Outcome } from '../messages.js';
import type { SandboxState } from '../state.js';
import { ISSUER } from './consent.js';

/** The keys that ID tokens are signed with. */
export function certificates(state: SandboxState): Outcome {
  return { reply: jsonReply(200, { keys: [state.signingKey.publicJwk()] }) };
}

/** @param origin where the stand-in listens */
export function openIdConfiguration(origin: string): Outcome {
  return {
    reply: jsonReply(200, {
      issuer: ISSUER,
      authorization_endpoint: `${origin}/o/oauth2/v2/auth`,
      token_endpoint: `${origin}/token`,
      revocation_endpoint: `${origin}/revoke`,
      jwks_uri: `${origin}/oauth2/v3/certs`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['plain', 'S256'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
    }),
  };
}

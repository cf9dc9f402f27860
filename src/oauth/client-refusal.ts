import type { Failure } from '../shared/failure.js';
import { TOKEN_UNDECRYPTABLE } from './connection.js';

/** While the provider refuses our OAuth client, it is tried again this often, by one connection for all. */
export const CLIENT_PROBE_MS = 5 * 60_000;

/** The provider's token endpoint refused our own registration: the operator's to mend, nobody else's. */
export function isClientRefusal({ category, needsReauth, code }: Failure): boolean {
  return category === 'provider_misconfigured' && needsReauth && code !== TOKEN_UNDECRYPTABLE.code;
}

/**
 * Whether one connection's refusal speaks for all. `unauthorized_client` may be about a single token that was
 * issued to another client, so it stops only the connection that met it.
 */
export function stopsEveryRefresh(refusal: Failure): boolean {
  return refusal.code !== 'unauthorized_client';
}

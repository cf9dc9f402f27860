import type { Failure } from '../shared/failure.js';
import { TOKEN_UNDECRYPTABLE } from './connection.js';

/** While the provider refuses our OAuth client, it is tried again this often, by one connection for all. */
export const CLIENT_PROBE_MS = 5 * 60_000;

/**
 * May be about a single token that was issued to another client, so it stops only the connection that met it, and
 * only that connection's own refresh shows that it is over.
 */
export const UNAUTHORIZED_CLIENT = 'unauthorized_client';

/** The provider's token endpoint refused our own registration: the operator's to mend, nobody else's. */
export function isClientRefusal({ category, needsReauth, code }: Failure): boolean {
  return category === 'provider_misconfigured' && needsReauth && code !== TOKEN_UNDECRYPTABLE.code;
}

/** Whether one connection's refusal speaks for all. */
export function speaksForAll({ code }: Pick<Failure, 'code'>): boolean {
  return code !== UNAUTHORIZED_CLIENT;
}

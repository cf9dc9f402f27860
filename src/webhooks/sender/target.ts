import { isIP } from 'node:net';
import { Resolver } from 'node:dns/promises';
import { record } from '../../shared/record.js';
import { isPublicAddress } from './public-address.js';

/** All addresses of a name. @throws an error with the code of the resolver */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Nothing may be sent there, whatever answers. The message ends "the address ...". */
export class ForbiddenTarget extends Error {}

const RESOLVE_LIMIT = { timeout: 1500, tries: 2 };

/**
 * Asks the name servers, not the machine: neither its hosts file counts nor its resolver's few threads, which one
 * name that nobody answers for would keep from everything else.
 */
export async function resolveName(name: string): Promise<readonly string[]> {
  if (name === 'localhost') return ['127.0.0.1', '::1'];
  const resolver = new Resolver(RESOLVE_LIMIT);
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const [refusal] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  if (addresses.length === 0) throw refusal;
  return addresses;
}

/**
 * The addresses that a connection to `url` may go to.
 *
 * @throws ForbiddenTarget when the address has a form that is not allowed, or any of them is not of the internet
 */
export async function targetAddresses(
  url: URL,
  { allowPrivate, resolve }: { readonly allowPrivate: boolean; readonly resolve: Resolve },
): Promise<readonly string[]> {
  const refusal = formRefusal(url, allowPrivate);
  if (refusal !== null) throw new ForbiddenTarget(refusal);
  // The parser of URLs has brought every odd spelling of an IPv4 address to the usual one.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  if (!allowPrivate && !addresses.every(isPublicAddress))
    throw new ForbiddenTarget('must lead to the public internet');
  return addresses;
}

function formRefusal({ protocol, username, password, hostname }: URL, allowPrivate: boolean): string | null {
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && allowPrivate);
  if (!isAllowed) return 'must begin with https://';
  if (username !== '' || password !== '') return 'must not hold a user name or password';
  if (hostname === '' || hostname.endsWith('.')) return 'must not end in a dot';
  return null;
}

export function isUnknownName(error: unknown): boolean {
  return ['ENOTFOUND', 'ENODATA', 'EBADNAME'].includes(String(record(error)['code']));
}

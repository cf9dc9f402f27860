import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import type { Secret } from '../../shared/secret.js';
import type { Attempt } from '../delivery.js';
import { WebhookSender, type Message } from '../webhook-sender.js';
import { attemptOf, failureOf } from './attempt-of.js';
import { signedHeaders } from './standard-webhooks.js';
import { ForbiddenTarget, resolveName, targetAddresses, type Resolve } from './target.js';

/** From the look-up of the name to the end of the answer. */
const LIMIT_MS = 5000;
/** The answer says nothing that is used; what is longer is not waited for. */
const MAX_ANSWER_BYTES = 65_536;

export interface SenderOptions {
  /** Also http, and addresses of this machine and its networks. */
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
  readonly limitMs?: number;
  /** Certificates to trust, instead of the usual ones. */
  readonly ca?: string;
}

/**
 * Sends to the internet only (F70). A name is looked up once for each attempt, and the connection goes to the very
 * addresses that were checked, on a socket of its own. Redirects are answers like any other.
 */
export class HttpsWebhookSender extends WebhookSender {
  readonly #options: Required<Omit<SenderOptions, 'ca'>> & Pick<SenderOptions, 'ca'>;

  constructor(
    private readonly clock: Clock,
    options: SenderOptions,
  ) {
    super();
    this.#options = { resolve: resolveName, limitMs: LIMIT_MS, ...options };
  }

  async refusalOf(url: string): Promise<string | null> {
    if (!URL.canParse(url)) return 'the address is malformed';
    try {
      await targetAddresses(new URL(url), this.#options);
      return null;
    } catch (error) {
      return error instanceof ForbiddenTarget ? `the address ${error.message}` : null;
    }
  }

  async send(
    url: string,
    message: Message,
    secrets: readonly Secret[],
    signal: AbortSignal,
  ): Promise<Attempt> {
    const startedAt = this.clock.elapsed();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#options.limitMs)]);
    const took = (): number => Math.round(this.clock.elapsed() - startedAt);
    try {
      const target = new URL(url);
      const addresses = await beforeAbort(targetAddresses(target, this.#options), limit);
      const headers = signedHeaders(message, secrets, this.clock.now());
      return attemptOf(await this.#post(target, addresses, { headers, body: message.body, limit }), took());
    } catch (error) {
      return {
        failure: failureOf(error, limit),
        responseStatus: null,
        retryAfterMs: null,
        durationMs: took(),
      };
    }
  }

  /** Resolves with the answer, once its end, or as much as is read of it, is there. */
  #post(
    target: URL,
    addresses: readonly string[],
    { headers, body, limit }: { headers: Record<string, string>; body: string; limit: AbortSignal },
  ): Promise<IncomingMessage> {
    const request = target.protocol === 'https:' ? requestHttps : requestHttp;
    const { ca } = this.#options;
    return new Promise((resolve, reject) => {
      const sent = request(target, {
        method: 'POST',
        agent: false,
        lookup: lookupIn(addresses),
        signal: limit,
        headers: {
          ...headers,
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          'user-agent': 'Slotkeeper-Webhooks/1',
        },
        ...(ca === undefined ? {} : { ca }),
      });
      sent.on('error', reject);
      // The end also of an answer that is none, such as a change of the protocol.
      sent.on('close', () => reject(new Error('The connection was closed.')));
      sent.on('response', (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= MAX_ANSWER_BYTES) return;
          resolve(answer);
          sent.destroy();
        });
        answer.on('end', () => resolve(answer));
        answer.on('error', reject);
      });
      sent.end(body);
    });
  }
}

/** Answers what was checked, whatever is asked. */
function lookupIn(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_name, options, done) => {
    const [first] = all;
    if (options.all === true || first === undefined) done(null, all);
    else done(null, first.address, first.family);
  };
}

/** The resolver knows no signals. */
async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

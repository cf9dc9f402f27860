import { isDeepStrictEqual } from 'node:util';
import { record } from './shared/record.js';

/** A step went another way than told. */
export class Unexpected extends Error {
  constructor(
    readonly expected: string,
    readonly got: string,
  ) {
    super(`expected ${expected}, got ${got}`);
    this.name = 'Unexpected';
  }
}

export interface Answer<T> {
  readonly body: T;
  /** Status and body as a message may show them. */
  readonly got: string;
  /** Throws unless `actual`, a part of the body that `what` names, is as expected. */
  check(what: string, actual: unknown, expected: unknown): void;
}

const LIMIT_MS = 20_000;
/** An idle connection would make the service wait for it when the demo is interrupted. */
export const ONE_CALL_EACH = { Connection: 'close' };

const SECRETS = /"(api_key|state|authorization_url|reauth_url)":\s*"[^"]*"/g;

/** Calls one HTTP API and insists on the status of each answer. */
export class DemoClient {
  constructor(
    private readonly baseUrl: string,
    private readonly key?: string,
  ) {}

  /** @throws Unexpected */
  get<T>(path: string, status = 200): Promise<Answer<T>> {
    return this.#call('GET', path, status);
  }

  /** @throws Unexpected */
  post<T>(path: string, body: object, status: number): Promise<Answer<T>> {
    return this.#call('POST', path, status, body);
  }

  async #call<T>(method: string, path: string, status: number, body?: object): Promise<Answer<T>> {
    const call = `${method} ${path}`;
    const response = await this.#send(method, path, body).catch((error: unknown) => {
      throw new Unexpected(`${call} to answer ${status}`, `no answer: ${reasonOf(error)}`);
    });
    const text = await response.text();
    const got = `${response.status} ${text.replaceAll(SECRETS, '"$1":"[hidden]"')}`;
    if (response.status !== status) throw new Unexpected(`${call} to answer ${status}`, got);
    if (!/json/.test(response.headers.get('content-type') ?? ''))
      throw new Unexpected(`${call} to answer in JSON`, got);
    const answer: T = JSON.parse(text);
    return { body: answer, got, check: (...claim) => check(claim, got) };
  }

  #send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(this.baseUrl + path, {
      method,
      headers: {
        ...ONE_CALL_EACH,
        ...(this.key === undefined ? {} : { Authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  }
}

/** `fetch` hides the cause of a failure behind one sentence for all. */
function reasonOf(error: unknown): string {
  const { message, cause } = record(error);
  return String(record(cause)['message'] ?? message ?? error);
}

function check([what, actual, expected]: [string, unknown, unknown], got: string): void {
  if (!isDeepStrictEqual(actual, expected))
    throw new Unexpected(`${what} to be ${JSON.stringify(expected)}`, `${JSON.stringify(actual)} in ${got}`);
}

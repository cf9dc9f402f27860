/** The service said no, or nothing. `status` 0: it could not be reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

interface Known {
  readonly tag: string;
  readonly body: unknown;
}

/** What was read last, by path: shown at once when somebody comes back to it, and compared by its tag. */
const known = new Map<string, Known>();
const MOST_KNOWN = 40;

/** `T`, here and below, is what the service's own types say of the path. */
export function knownAnswer<T>(path: string): T | undefined {
  return trusted(known.get(path)?.body);
}

export function forgetAnswers(): void {
  known.clear();
}

/** @throws Refusal */
export async function read<T>(path: string, signal: AbortSignal): Promise<T> {
  const before = known.get(path);
  const answer = await send('GET', path, { signal, tag: before?.tag });
  if (answer.status === 304 && before !== undefined) return trusted(before.body);
  const body: unknown = await answer.json();
  const tag = answer.headers.get('ETag');
  if (tag !== null) remember(path, { tag, body });
  return trusted(body);
}

/** @throws Refusal */
export async function act<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const answer = await send(method, path, { body });
  return trusted(answer.status === 204 ? null : await answer.json());
}

function trusted<T>(body: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return body as T;
}

interface Parts {
  readonly body?: object | undefined;
  readonly signal?: AbortSignal;
  readonly tag?: string | undefined;
}

/** The first header is what the service knows a page of its own by; no other site can send it. */
async function send(method: string, path: string, { body, signal, tag }: Parts): Promise<Response> {
  const answer = await fetch(`/api/admin${path}`, {
    method,
    cache: 'no-store',
    headers: {
      'X-Slotkeeper-Dashboard': '1',
      ...(tag === undefined ? {} : { 'If-None-Match': tag }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    throw new Refusal(0, 'The service cannot be reached.');
  });
  if (answer.ok || answer.status === 304) return answer;
  throw await refusalOf(answer);
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const problem: unknown = await answer.json().catch(() => null);
  const seconds = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  return new Refusal(answer.status, detailIn(problem), Number.isNaN(seconds) ? null : seconds);
}

function detailIn(problem: unknown): string {
  if (typeof problem !== 'object' || problem === null || !('detail' in problem))
    return 'The service failed to answer.';
  return String(problem.detail);
}

function remember(path: string, answer: Known): void {
  known.delete(path);
  known.set(path, answer);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { grouped } from '../../src/shared/grouped.js';
import type { Interval } from '../../src/shared/time.js';
import { decodedBody, isObject, readFreeBusy, type RawAnswer } from './answer-reader.js';
import { apiError, isStopping, namesIn, oauthError, trueCalendarList } from './google-answers.js';
import { MutatedAnswers, type MutatedAnswer } from './mutated-answers.js';
import { eventAnswer, existingEvent, missingEvent, type EventBody } from './mutated-event.js';
import { freeBusyAnswer } from './mutated-free-busy.js';
import { tokenAnswer } from './mutated-token.js';

const NEVER: Interval = { startAt: 0, endAt: 0 };
const CLIENT_ERRORS = new Set(['invalid_client', 'deleted_client', 'disabled_client']);
/** Of the answers that would stop every account at once, so many are given. */
const KEPT_CLIENT_ERRORS = 0.05;

export interface Served {
  readonly endpoint: 'token' | 'calendarList' | 'freeBusy' | 'event';
  readonly answer: MutatedAnswer;
  /** That was asked for, where one was. */
  readonly window?: Interval;
}

/** One account: what is true of it, how badly that is told, and what was. */
export class Account {
  /** Busy times that no event stands for, by calendar. */
  readonly busy = new Map<string, readonly Interval[]>();
  readonly events = new Map<string, EventBody>();
  /** 0: the truth; 1: nothing but damage. */
  damage = 0;
  /** The same for what is answered about events. */
  eventDamage = 0;
  served: Served[] = [];

  constructor(
    readonly email: string,
    readonly calendars: readonly string[],
  ) {
    for (const id of calendars) this.busy.set(id, []);
  }

  /** Everything that takes time in a calendar. */
  busyOf(calendar: string): Interval[] {
    const events = this.liveEvents().filter((event) => event['calendar'] === calendar);
    return [...(this.busy.get(calendar) ?? []), ...events.map(timeOf)];
  }

  liveEvents(): EventBody[] {
    return [...this.events.values()].filter(({ status }) => status !== 'cancelled');
  }

  bodies(endpoint: Served['endpoint']): MutatedAnswer[] {
    return this.served.filter((one) => one.endpoint === endpoint).map(({ answer }) => answer);
  }

  /** Whether the calendar was told whole in every window that it was asked for since the last reset. */
  wasTold(calendar: string): boolean {
    const asked = this.served.filter(({ window }) => window !== undefined);
    const windows = [...grouped(asked, ({ window }) => window?.startAt).values()];
    const isWhole = ({ answer, window = NEVER }: Served): boolean =>
      readFreeBusy(answer, [calendar], window).get(calendar)?.isWhole === true;
    return windows.length > 0 && windows.every((answers) => answers.some(isWhole));
  }

  /** What was answered since the last reset, for whoever has to understand a failure. */
  told(): string {
    const answers = this.served.map(({ endpoint, answer: { recipe, status, body } }) =>
      [endpoint, `(${recipe})`, status, body.toString().slice(0, 1500)].join(' '),
    );
    return answers.join('\n  ');
  }

  /** Google said in so many words that the authorization is over, or twice that a token is no good. */
  wasRefused(): boolean {
    const refusals = this.served.filter(({ answer: { status } }) => status >= 400 && status < 500);
    const stops = refusals.some(({ endpoint, answer }) =>
      namesOf(answer).some((name) => isStopping(endpoint === 'token' ? 'token' : 'calendar', name)),
    );
    const rejected = refusals.filter(({ endpoint, answer }) => endpoint !== 'token' && isRejection(answer));
    return stops || rejected.length >= 2;
  }
}

/**
 * Google's token endpoint and Calendar API in the smallest: it knows what is true, and tells it damaged so that a
 * careful reader notices. Faults of its caller (a bearer or refresh token that it never gave) are collected.
 */
export class MutatingGoogle {
  readonly accounts = new Map<string, Account>();
  readonly faults: string[] = [];
  /** What was said of the OAuth client itself, which stops whatever account is refreshed next. */
  readonly clientRefusals = new Set<string>();
  /** Bodies that were answered since the start. */
  bodies = 0;
  url = '';

  readonly #answers: MutatedAnswers;
  readonly #tokens = new Map<string, Account>();
  readonly #server: Server;

  static async start(seed: number): Promise<MutatingGoogle> {
    const google = new MutatingGoogle(seed);
    google.#server.listen(0, '127.0.0.1');
    await once(google.#server, 'listening');
    const address = google.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    google.url = `http://127.0.0.1:${address.port}`;
    return google;
  }

  private constructor(seed: number) {
    this.#answers = new MutatedAnswers(seed);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get dice(): MutatedAnswers['dice'] {
    return this.#answers.dice;
  }

  account(email: string, calendars: readonly string[]): Account {
    const account = new Account(email, calendars);
    this.accounts.set(email, account);
    return account;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { status, headers, body: bytes } = this.#answer(request, body);
    this.bodies += 1;
    response.writeHead(status, headers).end(bytes);
  }

  #answer({ url = '', method, headers }: IncomingMessage, body: string): RawAnswer {
    const { pathname } = new URL(url, this.url);
    if (pathname === '/token') return this.#token(new URLSearchParams(body));
    if (pathname === '/revoke') return this.#answers.whole({});
    const account = this.#bearer(headers.authorization);
    if (account === undefined) return { ...this.#answers.whole(apiError(401, 'authError')), status: 401 };
    if (pathname.endsWith('/freeBusy')) return this.#freeBusy(account, body);
    if (pathname.endsWith('/calendarList')) return this.#calendarList(account);
    const [, calendar = '', eventId] = /\/calendars\/([^/]+)\/events(?:\/([^/]+))?$/.exec(pathname) ?? [];
    return this.#event(account, decodeURIComponent(calendar), `${method}`, eventId, body);
  }

  #bearer(authorization = ''): Account | undefined {
    const account = this.#tokens.get(authorization.replace(/^Bearer /, ''));
    if (account === undefined) this.faults.push(`Authorization: ${authorization.slice(0, 100)}`);
    return account;
  }

  #token(form: URLSearchParams): RawAnswer {
    const isCode = form.get('grant_type') === 'authorization_code';
    const given = form.get(isCode ? 'code' : 'refresh_token') ?? '';
    const account = isCode ? this.accounts.get(given) : this.#tokens.get(given);
    if (account === undefined) {
      this.faults.push(`token request with ${given.slice(0, 100)}`);
      return { ...this.#answers.whole(oauthError('invalid_grant')), status: 400 };
    }
    const accessToken = `ya29.${this.#tokens.size}.${account.email}`;
    const refreshToken = isCode || this.dice.chance(0.2) ? `1//${this.#tokens.size}.${account.email}` : null;
    for (const token of [accessToken, refreshToken]) if (token !== null) this.#tokens.set(token, account);
    const truth = { accessToken, refreshToken, email: account.email };
    for (;;) {
      const answer = tokenAnswer(truth, this.#answers, account.damage);
      const refusals = namesOf(answer).filter((name) => CLIENT_ERRORS.has(name));
      if (refusals.length > 0 && !this.dice.chance(KEPT_CLIENT_ERRORS)) continue;
      for (const name of refusals) this.clientRefusals.add(name);
      return this.#served(account, 'token', answer);
    }
  }

  #calendarList(account: Account): RawAnswer {
    const truth = trueCalendarList(account.email, account.calendars);
    const isDamaged = this.dice.chance(account.damage);
    const answer = isDamaged ? this.#answers.damaged(truth) : this.#answers.whole(truth);
    return this.#served(account, 'calendarList', answer);
  }

  #freeBusy(account: Account, body: string): RawAnswer {
    const { items, timeMin, timeMax } = JSON.parse(body) as {
      items: { id: string }[];
      timeMin: string;
      timeMax: string;
    };
    const window = { startAt: Date.parse(timeMin), endAt: Date.parse(timeMax) };
    const busy = new Map(
      items.map(({ id }) => [id, account.busyOf(id).filter((time) => meets(time, window))]),
    );
    const answer = freeBusyAnswer({ window, busy }, this.#answers, account.damage);
    account.served.push({ endpoint: 'freeBusy', answer, window });
    return answer;
  }

  #event(account: Account, calendar: string, method: string, id = '', body = ''): RawAnswer {
    const { eventDamage: damage } = account;
    if (method === 'POST') return this.#served(account, 'event', this.#insert(account, calendar, body));
    const event = account.events.get(id);
    if (event === undefined) return this.#served(account, 'event', missingEvent(id, this.#answers, damage));
    if (method === 'DELETE') account.events.set(id, { ...event, status: 'cancelled' });
    if (method === 'PATCH') account.events.set(id, { ...event, ...(JSON.parse(body) as object) });
    return this.#served(
      account,
      'event',
      eventAnswer(account.events.get(id) ?? event, this.#answers, damage),
    );
  }

  /** Sometimes it is not made, and sometimes it is made and the answer does not get through. */
  #insert(account: Account, calendar: string, body: string): MutatedAnswer {
    const event = { ...(JSON.parse(body) as { id: string }), status: 'confirmed', calendar };
    const { eventDamage: damage } = account;
    if (account.events.has(event.id)) return existingEvent(event.id, this.#answers, damage / 2);
    if (this.dice.chance(damage / 3)) return missingEvent(event.id, this.#answers, 1);
    account.events.set(event.id, event);
    return eventAnswer(event, this.#answers, damage);
  }

  #served(account: Account, endpoint: Served['endpoint'], answer: MutatedAnswer): RawAnswer {
    account.served.push({ endpoint, answer });
    return answer;
  }
}

function timeOf(event: EventBody): Interval {
  const at = (value: unknown): number => Date.parse(isObject(value) ? String(value['dateTime']) : '');
  return { startAt: at(event['start']), endAt: at(event['end']) };
}

function meets(one: Interval, other: Interval): boolean {
  return one.startAt < other.endAt && other.startAt < one.endAt;
}

function isRejection(answer: RawAnswer): boolean {
  const names = [
    'authError',
    'ACCESS_TOKEN_EXPIRED',
    'expired',
    'unauthorized',
    'invalid_token',
    'token_expired',
  ];
  return answer.status === 401 || namesOf(answer).some((name) => names.includes(name));
}

function namesOf(answer: RawAnswer): string[] {
  return namesIn(decodedBody(answer));
}

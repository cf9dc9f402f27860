import { Injectable } from '@nestjs/common';
import { calendar, type calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';
import type { MethodOptions } from 'googleapis-common';
import { googleFailure, malformedAnswer } from '../../google/google-failure.js';
import { boundedText } from '../../shared/bounded-text.js';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { decodedText } from '../../shared/decoded-text.js';
import { ProviderError } from '../../shared/failure.js';
import { measuredCall, Metrics } from '../../shared/metrics.js';
import { record } from '../../shared/record.js';
import type { ProviderAccess } from '../calendar-provider.js';
import { calendarEndpoint } from './calendar-endpoint.js';

/** What the generated client accepts per call and passes on to its HTTP layer. */
type CallOptions = MethodOptions & { readonly signal: AbortSignal };

interface Answer {
  readonly status: number;
  readonly data: unknown;
  readonly retryAfter: string | null;
}

type ApiCall = (
  api: calendar_v3.Calendar,
  options: CallOptions,
) => Promise<{ status: number; data: unknown; headers: unknown }>;

/** More than the busy times of fifty full calendars in ninety days. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** One HTTP exchange with the Calendar API v3 through Google's generated client, judged. */
@Injectable()
export class GoogleCalendarApi {
  readonly #api = calendar('v3');

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /**
   * The decoded answer of a 2xx.
   *
   * @throws ProviderError also for a 2xx whose body is not a JSON object, unless `empty` is expected
   */
  async call(
    access: ProviderAccess,
    call: ApiCall,
    expected: 'json' | 'empty' = 'json',
  ): Promise<Readonly<Record<string, unknown>>> {
    let endpoint = 'none';
    const fetching: typeof fetch = (url, init) => {
      endpoint = calendarEndpoint(init?.method ?? 'GET', url instanceof Request ? url.url : url);
      return fetch(url, init);
    };
    const { metrics, clock } = this;
    return measuredCall(
      { metrics, clock },
      () => endpoint,
      async () => this.#judged(await this.#exchange(access, call, fetching), expected),
    );
  }

  #judged({ status, data, retryAfter }: Answer, expected: 'json' | 'empty') {
    if (status < 200 || status > 299) {
      throw new ProviderError(
        googleFailure({ status, endpoint: 'calendar', body: data, retryAfter }, this.clock.now()),
      );
    }
    if (expected === 'empty') return {};
    if (typeof data !== 'object' || data === null || Array.isArray(data))
      throw new ProviderError(malformedAnswer(status, 'not_a_json_object'));
    return record(data);
  }

  async #exchange(
    { accessToken, signal }: ProviderAccess,
    call: ApiCall,
    fetching: typeof fetch,
  ): Promise<Answer> {
    const options: CallOptions = {
      // Given per call: as a client-wide option, the client would drop the path of the address.
      rootUrl: `${this.config.google.apiRootUrl}/`,
      headers: { Authorization: `Bearer ${accessToken.reveal()}`, Accept: 'application/json' },
      // The client would read a body of any length.
      responseType: 'stream',
      // Google sends nobody elsewhere; whoever does so gets no event of ours.
      redirect: 'manual',
      fetchImplementation: fetching,
      signal,
      // The retry policy is ours: the client ignores Retry-After and our deadline.
      retry: false,
      validateStatus: () => true,
    };
    try {
      const { status, data: body, headers } = await call(this.#api, options);
      const data = decodedText(
        await boundedText(body instanceof ReadableStream ? body : null, MAX_BODY_BYTES),
      );
      // The client turns its answer's headers into a plain object with lower-case names.
      const retryAfter = record(headers)['retry-after'];
      return { status, data, retryAfter: typeof retryAfter === 'string' ? retryAfter : null };
    } catch (error) {
      // The cause is left out on purpose: the client's errors hold the request with its Authorization header.
      throw new ProviderError(
        googleFailure({ status: null, transportCode: transportCode(error, signal) }, this.clock.now()),
      );
    }
  }
}

function transportCode(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'TimeoutError';
  const { code, name, cause } = record(error);
  const { code: innerCode, cause: innerCause } = record(cause);
  const found = [code, innerCode, record(innerCause)['code'], name].find(
    (value) => typeof value === 'string',
  );
  return typeof found === 'string' ? found : 'unknown';
}

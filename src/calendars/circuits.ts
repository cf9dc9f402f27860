import { Injectable } from '@nestjs/common';
import { REFRESH_FAILED } from '../oauth/connection.js';
import { Clock } from '../shared/clock.js';
import { factsOf, type Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';
import { QUOTA_PACED, type CallPriority } from './call-quota.js';
import { Circuit } from './circuit.js';
import { ProviderOutage } from './provider-outage.js';

/** F31: five calls that nobody answered, then half a minute of peace. */
const RULE = { failures: 5, openMs: 30_000 };

/**
 * Circuit breakers of the calls that read: one per connection, one for the provider. They spare a caller the
 * wait for an answer that will not come. A booking's own reads go through all the same: they are worth a try.
 */
@Injectable()
export class Circuits {
  readonly #ofConnections = new Map<string, Circuit>();
  readonly #outage: ProviderOutage;

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#outage = new ProviderOutage(clock);
  }

  /** Null when the connection may be asked; what comes of it must then be reported. */
  refusal(connectionId: string, priority: CallPriority): Failure | null {
    if (priority === 'booking') return null;
    const openMs = this.#outage.openMs() || (this.#ofConnections.get(connectionId)?.admit() ?? 0);
    return openMs > 0 ? { ...CIRCUIT_OPEN, retryAfterMs: openMs } : null;
  }

  /** Who is not asked just now: so many connections, and whether nobody is. */
  open(): { readonly connections: number; readonly provider: boolean } {
    const connections = [...this.#ofConnections.values()].filter((circuit) => circuit.isOpen()).length;
    return { connections, provider: this.#outage.openMs() > 0 };
  }

  /** `failure`: why the connection could not be read at all; null when it could. */
  report(connectionId: string, failure: Failure | null): void {
    if (failure !== null) return this.#failed(connectionId, failure);
    this.#ofConnections.delete(connectionId);
    this.#outage.succeeded();
  }

  #failed(connectionId: string, failure: Failure): void {
    if (!wasAsked(failure)) return this.#ofConnections.get(connectionId)?.undecided();
    if (isUnreachable(failure) || isServerError(failure)) this.#outage.failed(connectionId);
    if (!isUnreachable(failure)) return this.#answered(connectionId, failure);
    const circuit = this.#ofConnections.get(connectionId) ?? new Circuit(RULE, this.clock);
    this.#ofConnections.set(connectionId, circuit);
    if (circuit.failed())
      this.log.warn('circuit.opened', 'An account does not answer; it is left alone for a while.', {
        connection_id: connectionId,
        ...factsOf(failure),
      });
  }

  /** Any answer of the provider shows that it can be reached. */
  #answered(connectionId: string, { httpStatus }: Failure): void {
    if (httpStatus === null) this.#ofConnections.get(connectionId)?.undecided();
    else this.#ofConnections.delete(connectionId);
  }
}

/** Not asked: the last calls went unanswered. */
export const CIRCUIT_OPEN: Failure = {
  category: 'connection_error',
  code: 'circuit_open',
  reason: null,
  actor: 'none',
  httpStatus: null,
  message: 'The account was not asked, because it did not answer several times in a row.',
  needsReauth: false,
  retryable: false,
  retryAfterMs: null,
  timedOut: false,
  attempts: 0,
};

const NOT_ASKED: ReadonlySet<string> = new Set([REFRESH_FAILED.code, CIRCUIT_OPEN.code, QUOTA_PACED.code]);

/** Whether the calendars were asked for at all: what the token endpoint does tells nothing of them. */
export function wasAsked({ code }: Pick<Failure, 'code'>): boolean {
  return !NOT_ASKED.has(code);
}

function isUnreachable({ timedOut, code }: Failure): boolean {
  return timedOut || code === 'network';
}

function isServerError({ httpStatus }: Failure): boolean {
  return httpStatus !== null && httpStatus >= 500;
}

import type { Endpoint } from './faults/fault.js';

/** One call that reached the stand-in. Never holds a token, a code or a secret. */
export interface LoggedRequest {
  readonly at: string;
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly path: string;
  readonly account: string | null;
  readonly calendar_ids: readonly string[];
  readonly event_id: string | null;
  /** `broken` is an Authorization header whose bearer is empty, `undefined` or `null`. */
  readonly authorization: 'none' | 'bearer' | 'basic' | 'broken';
  readonly send_updates: string | null;
  /** Null until answered, and for ever when the call was left hanging or cut. */
  status: number | null;
  /** Whether the operation took effect, whatever was answered. */
  committed: boolean;
  readonly faults: readonly string[];
}

export interface LogFilter {
  readonly endpoint?: string;
  readonly account?: string;
  readonly calendar?: string;
}

const KEPT = 20_000;

export class RequestLog {
  private entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.entries.push(entry);
    if (this.entries.length > 2 * KEPT) this.entries = this.entries.slice(-KEPT);
  }

  /** Oldest first. An endpoint such as `token` or `events` stands for its family. */
  list({ endpoint, account, calendar }: LogFilter = {}): LoggedRequest[] {
    return this.entries.filter(
      (entry) =>
        (endpoint === undefined ||
          entry.endpoint === endpoint ||
          entry.endpoint.startsWith(`${endpoint}.`)) &&
        (account === undefined || entry.account?.toLowerCase() === account.toLowerCase()) &&
        (calendar === undefined || entry.calendar_ids.includes(calendar)),
    );
  }

  count(filter: LogFilter = {}): number {
    return this.list(filter).length;
  }

  countsByEndpoint(filter: LogFilter = {}): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { endpoint } of this.list(filter)) counts[endpoint] = (counts[endpoint] ?? 0) + 1;
    return counts;
  }

  clear(): void {
    this.entries = [];
  }
}

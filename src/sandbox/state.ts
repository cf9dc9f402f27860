import type { Clock } from '../shared/clock.js';
import { Faults } from './faults/faults.js';
import { RequestLog } from './request-log.js';
import { Accounts } from './state/accounts.js';
import { sandboxClient, type Client } from './state/clients.js';
import { Events } from './state/events.js';
import { SigningKey } from './state/signing-key.js';
import { Tokens } from './state/tokens.js';

/** How the Calendar service behaves where Google's own behaviour varies. */
export interface ServiceSettings {
  /** Lists give at most this many items a page, whatever was asked for. */
  page_size_limit: number | null;
  /** Lists begin with a page that has no items, only a token for the next. */
  leading_empty_page: boolean;
  /** Whether a requested Meet link is there at once, at the first later read, or never. */
  meet_links: 'immediate' | 'delayed' | 'failing';
  /** Longer free/busy queries are refused. Google does not tell its limit; 90 days is where others met it. */
  free_busy_max_days: number;
}

export const DEFAULT_SETTINGS: ServiceSettings = {
  page_size_limit: null,
  leading_empty_page: false,
  meet_links: 'immediate',
  free_busy_max_days: 90,
};

/** Everything the stand-in knows. Tests in the same process may read and change it directly. */
export class SandboxState {
  readonly faults = new Faults();
  readonly requests = new RequestLog();
  readonly clients = new Map<string, Client>();
  readonly tokens = new Tokens();
  readonly events = new Events();
  readonly accounts = new Accounts(() => this.nextRevision());
  readonly settings: ServiceSettings = { ...DEFAULT_SETTINGS };
  signingKey = new SigningKey();
  revision = 0;
  /** Called after each change that outlives the process. */
  changed: () => void = () => undefined;

  constructor(readonly clock: Clock) {
    const client = sandboxClient();
    this.clients.set(client.id, client);
  }

  /** Counts changes; etags and sync tokens are made of it. */
  nextRevision(): number {
    this.revision += 1;
    return this.revision;
  }
}

import { AccessTokens } from '../../src/oauth/access-tokens.js';
import type { LastError } from '../../src/oauth/connection.js';
import type { TokenRefresh } from '../../src/oauth/token-refresh.js';
import type { TokenState } from '../../src/oauth/token-store.js';
import { FixedClock } from '../../src/shared/clock.js';
import { Deadline } from '../../src/shared/deadline.js';
import { ProviderError, type Failure } from '../../src/shared/failure.js';
import { SequentialIds } from '../../src/shared/ids.js';
import { RecordingLog, type LogLine } from '../../src/shared/log.js';
import { InMemoryConnections } from '../fakes/in-memory-connections.js';
import { ScriptedTokenEndpoint } from '../fakes/scripted-token-endpoint.js';
import { aConfig } from './a-config.js';
import { aGrant } from './a-grant.js';
import { tokenParts } from './token-parts.js';

const NOON = Date.UTC(2027, 2, 8, 12);
const ACCOUNT = { workspaceId: 'workspace', email: 'ada@example.com', sub: '1001' };

/** One connected account whose tokens are refreshed over fakes, by as many instances as a test wants. */
export class TokenBench {
  readonly clock = new FixedClock(NOON);
  readonly log = new RecordingLog();
  readonly endpoint = new ScriptedTokenEndpoint(this.clock);
  readonly connections = new InMemoryConnections(new SequentialIds(), this.clock);
  readonly #parts = tokenParts(this);
  readonly store = this.#parts.store;
  readonly refresh = this.#parts.refresh;
  readonly tokens = new AccessTokens(this.store, this.refresh, this.clock, aConfig());

  /** Of the connected account. */
  id = '';

  /** Its first tokens are `access-1` and `refresh-1`; the access token ends in `lifetimeMs`. */
  static async connected(lifetimeMs = 3_600_000): Promise<TokenBench> {
    const bench = new TokenBench();
    await bench.consent({ expiresAt: bench.clock.now() + lifetimeMs });
    return bench;
  }

  anotherInstance(): TokenRefresh {
    return this.#parts.anotherRefresh();
  }

  async consent(grant: Parameters<typeof aGrant>[0], email = ACCOUNT.email): Promise<void> {
    this.id = (await this.connections.connect({ ...ACCOUNT, email }, aGrant(grant), [])).id;
  }

  state(): Promise<TokenState> {
    return this.store.read(this.id);
  }

  async lastError(): Promise<LastError | null> {
    return (await this.state()).lastError;
  }

  /** Refreshes as the instance `by` would that has just read the tokens. */
  async refreshed(by = this.refresh, options: { force?: boolean } = {}): Promise<TokenState> {
    return by.execute(this.id, await this.state(), this.deadline(), options);
  }

  deadline(ms = 5000): Deadline {
    return Deadline.in(ms, this.clock);
  }

  logged(event: string): LogLine[] {
    return this.log.lines.filter((line) => line.event === event);
  }

  /** How often the connection was announced as stopped. */
  stops(): number {
    return this.logged('connection.needs_reauth').length;
  }
}

/** The failure that `work` must end in. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error.failure;
  throw new Error('It did not end in a ProviderError', { cause: error });
}

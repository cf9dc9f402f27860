import { RefreshAtPace } from '../../src/oauth/refresh-at-pace.js';
import { RefreshDueToken } from '../../src/oauth/refresh-due-token.js';
import { SweepTokens } from '../../src/oauth/sweep-tokens.js';
import type { TokenRefresh } from '../../src/oauth/token-refresh.js';
import type { TokenStore } from '../../src/oauth/token-store.js';
import type { TokenGrant } from '../../src/oauth/token-grant.js';
import { Deadline } from '../../src/shared/deadline.js';
import { SequentialIds } from '../../src/shared/ids.js';
import { RecordingLog } from '../../src/shared/log.js';
import type { Secret } from '../../src/shared/secret.js';
import { InMemoryConnections } from '../fakes/in-memory-connections.js';
import { InMemoryJobLock } from '../fakes/in-memory-job-lock.js';
import { ScriptedTokenEndpoint } from '../fakes/scripted-token-endpoint.js';
import { SimulatedClock } from '../fakes/simulated-clock.js';
import { aConfig } from './a-config.js';
import { aConnection } from './a-connection.js';
import { aGrant } from './a-grant.js';
import { tokenParts } from './token-parts.js';

const NOON = Date.UTC(2027, 2, 8, 12);
const HOUR_MS = 3_600_000;

/** Takes `latencyMs` of the clock for each answer, and remembers when it was asked. */
class SlowTokenEndpoint extends ScriptedTokenEndpoint {
  latencyMs = 100;
  readonly askedAt: number[] = [];
  mostAtOnce = 0;
  #open = 0;

  constructor(private readonly time: SimulatedClock) {
    super(time);
  }

  override async refresh(refreshToken: Secret, signal: AbortSignal): Promise<TokenGrant> {
    this.askedAt.push(this.time.elapsed());
    this.#open += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open);
    try {
      await this.time.pause(this.latencyMs);
      return await super.refresh(refreshToken, signal);
    } finally {
      this.#open -= 1;
    }
  }

  /** The most calls within any one second. */
  peakPerSecond(): number {
    let first = 0;
    let peak = 0;
    for (const [index, at] of this.askedAt.entries()) {
      while ((this.askedAt[first] ?? at) <= at - 1000) first += 1;
      peak = Math.max(peak, index - first + 1);
    }
    return peak;
  }
}

/** Many connected accounts, the sweep of their tokens, and a request that may be faster. Time passes only in pauses. */
export class SweepBench {
  readonly clock = new SimulatedClock(NOON);
  readonly log = new RecordingLog();
  readonly endpoint = new SlowTokenEndpoint(this.clock);
  readonly lock = new InMemoryJobLock();
  readonly #ids = new SequentialIds();
  readonly connections = new InMemoryConnections(this.#ids, this.clock);
  readonly #store: TokenStore;
  readonly #refresh: TokenRefresh;
  readonly sweep: SweepTokens;

  constructor() {
    const { connections, clock, log, endpoint, lock } = this;
    const { store, refresh } = tokenParts({ clock, log, endpoint, connections });
    [this.#store, this.#refresh] = [store, refresh];
    const atPace = new RefreshAtPace(new RefreshDueToken(store, refresh, clock, log), clock);
    this.sweep = new SweepTokens(connections, atPace, lock, clock, aConfig());
  }

  /** Accounts whose tokens all end in a minute; answers their ids. Account `n` has the refresh token `workspace/n`. */
  expiring(count: number, workspaceId = 'workspace'): string[] {
    const tokenExpiresAt = this.clock.now() + 60_000;
    const lastRefreshedAt = tokenExpiresAt - HOUR_MS;
    return Array.from({ length: count }, (_, n) => {
      const account = { id: this.#ids.next(), workspaceId, accountEmail: `${n}@example.com` };
      const connection = aConnection({ ...account, tokenExpiresAt, lastRefreshedAt });
      return this.connections.given(connection, aGrant({ refresh: `${workspaceId}/${n}` })).id;
    });
  }

  /** Refreshes as a request does that needs the token. */
  async refreshed(id: string): Promise<void> {
    await this.#refresh.execute(id, await this.#store.read(id), Deadline.in(5000, this.clock));
  }

  /** How often each refresh token was sent, of those that were sent more than once. */
  sentAgain(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const token of this.endpoint.sent) counts.set(token, (counts.get(token) ?? 0) + 1);
    return Object.fromEntries([...counts].filter(([, count]) => count > 1));
  }
}

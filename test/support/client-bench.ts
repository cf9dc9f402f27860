import type { Connection } from '../../src/oauth/connection.js';
import { ForcedTokenRefresh } from '../../src/oauth/forced-token-refresh.js';
import { ProbeOAuthClient } from '../../src/oauth/probe-oauth-client.js';
import { RecoverOAuthClient } from '../../src/oauth/recover-oauth-client.js';
import { RecoverRefused } from '../../src/oauth/recover-refused.js';
import { RecoverUnauthorized } from '../../src/oauth/recover-unauthorized.js';
import { RefreshAtPace } from '../../src/oauth/refresh-at-pace.js';
import { RefreshDueToken } from '../../src/oauth/refresh-due-token.js';
import { Deadline } from '../../src/shared/deadline.js';
import { ProviderError, type Failure } from '../../src/shared/failure.js';
import { SequentialIds } from '../../src/shared/ids.js';
import { RecordingLog, type LogLine } from '../../src/shared/log.js';
import type { Secret } from '../../src/shared/secret.js';
import type { TokenGrant } from '../../src/oauth/token-grant.js';
import { InMemoryConnections } from '../fakes/in-memory-connections.js';
import { ScriptedTokenEndpoint } from '../fakes/scripted-token-endpoint.js';
import { SimulatedClock } from '../fakes/simulated-clock.js';
import { aConfig } from './a-config.js';
import { aGrant } from './a-grant.js';
import { tokenParts } from './token-parts.js';

const NOON = Date.UTC(2027, 2, 8, 12);

/** Refuses whom it was told to, for as long as it was told to. */
class PickyTokenEndpoint extends ScriptedTokenEndpoint {
  /** By refresh token; `*` stands for all others. */
  readonly refusing = new Map<string, Failure>();

  override async refresh(refreshToken: Secret, signal: AbortSignal): Promise<TokenGrant> {
    const failure = this.refusing.get(refreshToken.reveal()) ?? this.refusing.get('*');
    const grant = await super.refresh(refreshToken, signal);
    if (failure !== undefined) throw new ProviderError(failure);
    return grant;
  }
}

/** Accounts that our own OAuth client may hold up, over fakes. The refresh token of `ada` is `ada`. */
export class ClientBench {
  readonly clock = new SimulatedClock(NOON);
  readonly log = new RecordingLog();
  readonly endpoint = new PickyTokenEndpoint(this.clock);
  readonly connections = new InMemoryConnections(new SequentialIds(), this.clock);
  readonly parts = tokenParts(this);
  readonly recover: RecoverOAuthClient;
  readonly #forced: ForcedTokenRefresh;
  readonly #ids = new Map<string, string>();

  constructor() {
    const { clock, log, connections, endpoint, parts } = this;
    this.#forced = new ForcedTokenRefresh(parts.store, parts.refresh, clock, aConfig());
    const probe = new ProbeOAuthClient(this.#forced);
    const paced = new RefreshAtPace(new RefreshDueToken(parts.store, parts.refresh, clock, log), clock);
    const refused = new RecoverRefused(probe, parts.accept);
    const unauthorized = new RecoverUnauthorized(probe, paced, connections, parts.alerts, log);
    this.recover = new RecoverOAuthClient(connections, parts.clients, endpoint, refused, unauthorized);
  }

  /** Connected accounts whose access tokens end in `lifetimeMs`; over by default. */
  async connect(names: readonly string[], lifetimeMs = 0): Promise<void> {
    for (const name of names) {
      const account = { workspaceId: 'workspace', email: `${name}@example.com`, sub: name };
      const grant = aGrant({ refresh: name, expiresAt: this.clock.now() + lifetimeMs });
      this.#ids.set(name, (await this.connections.connect(account, grant, [])).id);
    }
  }

  id(name: string): string {
    return this.#ids.get(name) ?? '';
  }

  /** A request that needs a token; what comes of it shows in the state. */
  async need(...names: string[]): Promise<void> {
    for (const name of names) {
      const state = await this.parts.store.read(this.id(name)).catch(() => null);
      if (state === null || state.authStatus !== 'active') continue;
      await this.parts.refresh
        .execute(this.id(name), state, Deadline.in(5000, this.clock))
        .catch(() => undefined);
    }
  }

  async force(name: string): Promise<void> {
    await this.#forced.execute(this.id(name));
  }

  async stateOf(name: string): Promise<Pick<Connection, 'authStatus' | 'lastError'> | null> {
    return this.connections.find(this.id(name), 'all');
  }

  /** The status of each, in the order of the names. */
  async statuses(...names: string[]): Promise<(string | undefined)[]> {
    const states = await Promise.all(names.map((name) => this.stateOf(name)));
    return states.map((state) => state?.authStatus);
  }

  /** Whose refresh tokens were sent since the last look. */
  sent(): string[] {
    return this.endpoint.sent.splice(0);
  }

  alerts(): unknown[] {
    return this.logged('operator.alert').map(({ fields }) => fields['code']);
  }

  logged(event: string): LogLine[] {
    return this.log.lines.filter((line) => line.event === event);
  }

  /** The next probe is due. */
  async tickWhenDue(): Promise<void> {
    this.clock.advance(5 * 60_000);
    await this.recover.execute();
  }
}

import { OAuthClients } from '../../src/oauth/oauth-clients.js';
import type { Clock } from '../../src/shared/clock.js';
import type { Failure } from '../../src/shared/failure.js';
import type { Instant } from '../../src/shared/time.js';

interface Known {
  readonly failure: Failure | null;
  readonly nextProbeAt: Instant;
}

/** Its clock stands in for that of the database. */
export class InMemoryOAuthClients extends OAuthClients {
  readonly #clients = new Map<string, Known>();

  constructor(private readonly clock: Clock) {
    super();
  }

  async refusal(client: string): Promise<Failure | null> {
    return this.#clients.get(client)?.failure ?? null;
  }

  async refused(client: string, failure: Failure, probeMs: number): Promise<void> {
    const nextProbeAt = this.#clients.get(client)?.nextProbeAt ?? this.clock.now() + probeMs;
    this.#clients.set(client, { failure, nextProbeAt });
  }

  async planProbe(client: string, probeMs: number): Promise<void> {
    if (!this.#clients.has(client))
      this.#clients.set(client, { failure: null, nextProbeAt: this.clock.now() + probeMs });
  }

  async takeProbe(client: string, probeMs: number): Promise<boolean> {
    const known = this.#clients.get(client) ?? { failure: null, nextProbeAt: this.clock.now() };
    if (known.nextProbeAt > this.clock.now()) return false;
    this.#clients.set(client, { ...known, nextProbeAt: this.clock.now() + probeMs });
    return true;
  }

  async mended(): Promise<readonly string[]> {
    const codes: string[] = [];
    for (const [client, { failure }] of this.#clients) {
      if (failure === null) continue;
      codes.push(failure.code);
      this.#clients.delete(client);
    }
    return codes;
  }

  async forget(): Promise<void> {
    this.#clients.clear();
  }
}

import { Injectable } from '@nestjs/common';
import { ProbeConnection, type ConnectionProbe, type ProbeSubject } from '../calendars/probe-connection.js';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { isExpiring } from '../oauth/token-grant.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { TokenBucket } from '../shared/token-bucket.js';

/** F62: what the sweep of the tokens leaves of 25 calls a second to the token endpoint. */
const PACE = { burst: 1, perSecond: 2 };

/**
 * Probes one of many accounts. Their tokens were refreshed before; one that still is about to end failed then, or
 * another run is at it just now, and only few a second are refreshed by being asked.
 */
@Injectable()
export class ProbeAtPace {
  readonly #pace: TokenBucket;

  constructor(
    private readonly probe: ProbeConnection,
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {
    this.#pace = new TokenBucket(PACE, clock);
  }

  async execute(subject: ProbeSubject): Promise<ConnectionProbe> {
    const { connection, calendars } = subject;
    if (!this.#isDue(connection)) return this.probe.execute(subject, 'sweep');
    if (this.#isDue(await this.#asOfNow(connection))) await this.#pace.pass();
    // Its tokens are read anew: others may have refreshed them by now.
    return this.probe.execute({ connection, calendars }, 'sweep');
  }

  async #asOfNow(connection: Connection): Promise<Connection> {
    return (await this.connections.find(connection.id, connection)) ?? connection;
  }

  #isDue({ authStatus, tokenExpiresAt: expiresAt, lastRefreshedAt: refreshedAt }: Connection): boolean {
    if (authStatus !== 'active') return false;
    return isExpiring({ expiresAt, refreshedAt }, this.clock.now(), this.config.tokenRefreshMarginMs);
  }
}

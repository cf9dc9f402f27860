import { AcceptOAuthClient } from '../../src/oauth/accept-oauth-client.js';
import type { Connections } from '../../src/oauth/connections.js';
import { OperatorAlerts } from '../../src/oauth/operator-alerts.js';
import { RefreshGrant } from '../../src/oauth/refresh-grant.js';
import type { TokenEndpoint } from '../../src/oauth/token-endpoint.js';
import { TokenRefresh } from '../../src/oauth/token-refresh.js';
import { TokenStore } from '../../src/oauth/token-store.js';
import type { Clock } from '../../src/shared/clock.js';
import { SequentialIds } from '../../src/shared/ids.js';
import type { Log } from '../../src/shared/log.js';
import { InMemoryAlertEpisodes } from '../fakes/in-memory-alert-episodes.js';
import { InMemoryOAuthClients } from '../fakes/in-memory-oauth-clients.js';
import { RecordingMetrics } from '../fakes/recording-metrics.js';

export interface TokenWorld {
  readonly clock: Clock;
  readonly log: Log;
  readonly endpoint: TokenEndpoint;
  readonly connections: Connections;
}

/** All that takes part in a refresh, over fakes. */
export function tokenParts({ clock, log, endpoint, connections }: TokenWorld) {
  const episodes = new InMemoryAlertEpisodes(clock);
  const alerts = new OperatorAlerts(episodes, new SequentialIds(), clock, log);
  const metrics = new RecordingMetrics();
  const clients = new InMemoryOAuthClients(clock);
  const store = new TokenStore(connections, alerts, metrics, log);
  const accept = new AcceptOAuthClient(clients, connections, alerts, log);
  const grants = new RefreshGrant(endpoint, clients, accept, alerts);
  const anotherRefresh = (): TokenRefresh => new TokenRefresh(connections, store, grants, clock, log);
  return {
    episodes,
    alerts,
    metrics,
    clients,
    store,
    accept,
    grants,
    anotherRefresh,
    refresh: anotherRefresh(),
  };
}

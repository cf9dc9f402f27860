import { Injectable } from '@nestjs/common';
import { Log } from '../shared/log.js';
import { speaksForAll, UNAUTHORIZED_CLIENT } from './client-refusal.js';
import { Connections, type HeldUp } from './connections.js';
import { OperatorAlerts } from './operator-alerts.js';
import { ofPermission, ProbeOAuthClient } from './probe-oauth-client.js';
import { RefreshAtPace } from './refresh-at-pace.js';

/**
 * Connections that `unauthorized_client` has stopped: each comes back by a refresh of its own (F06). The first that
 * does shows that the cause may be gone for all, and the others are tried at once.
 */
@Injectable()
export class RecoverUnauthorized {
  constructor(
    private readonly probe: ProbeOAuthClient,
    private readonly refresh: RefreshAtPace,
    private readonly connections: Connections,
    private readonly alerts: OperatorAlerts,
    private readonly log: Log,
  ) {}

  async execute(connectionIds: readonly string[]): Promise<void> {
    if ((await this.probe.execute(connectionIds, ofPermission)) !== 'accepted') return;
    const others = (await this.#heldUp()).map(({ id }) => ({ id, expiresAt: 0 }));
    await this.refresh.execute(others, { force: true });
    const left = (await this.#heldUp()).length;
    if (left === 0) await this.alerts.end([UNAUTHORIZED_CLIENT]);
    this.log.info('oauth_client.mended', 'The provider lets our OAuth client refresh tokens again.', {
      connections: connectionIds.length - left,
    });
  }

  async #heldUp(): Promise<HeldUp[]> {
    return (await this.connections.heldUp()).filter((one) => !speaksForAll(one));
  }
}

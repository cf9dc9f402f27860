import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import type { ProbeSubject } from '../calendars/probe-connection.js';
import { Connections } from '../oauth/connections.js';
import { TokenStore } from '../oauth/token-store.js';
import { grouped } from '../shared/grouped.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';

/** The connected accounts of a scope, batch by batch, with all that asking them takes. */
@Injectable()
export class AccountsToCheck {
  constructor(
    private readonly connections: Connections,
    private readonly calendars: Calendars,
    private readonly tokens: TokenStore,
  ) {}

  /** Those that come after `after`, by id; two statements at most. */
  async execute(scope: WorkspaceScope, after: string, limit: number): Promise<ProbeSubject[]> {
    const held = await this.connections.walk(scope, after, limit);
    if (held.length === 0) return [];
    const calendars = await this.calendars.ofConnections(held.map(({ connection }) => connection.id));
    const calendarsOf = grouped(calendars, ({ connectionId }) => connectionId);
    return held.map((one) => ({
      connection: one.connection,
      calendars: calendarsOf.get(one.connection.id) ?? [],
      readTokens: () => this.tokens.open(one),
    }));
  }

  async count(scope: WorkspaceScope): Promise<number> {
    return this.connections.count(scope);
  }
}

import { Injectable } from '@nestjs/common';
import { RecordActions } from '../audit/record-actions.js';
import type { Requester } from '../shared/author.js';
import { Clock } from '../shared/clock.js';
import { Log } from '../shared/log.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { DeadTokens, type DeadConnection } from './dead-tokens.js';

export const DEFAULT_DEAD_DAYS = 30;
const DAY_MS = 86_400_000;

export interface CleanUpWish {
  readonly scope: WorkspaceScope;
  /** Since when the connections have to be dead, 1 at least. */
  readonly olderThanDays: number;
  /** Only tells what would be removed. */
  readonly dryRun: boolean;
  readonly requester: Requester;
}

export interface CleanUp {
  readonly dryRun: boolean;
  /** 0 in a dry run. */
  readonly removed: number;
  /** Whose tokens were removed, or would be; the longest dead first. */
  readonly connections: readonly DeadConnection[];
}

/**
 * Removes stored tokens that have been useless for long: the less is stored, the less can be lost. Connections, their
 * calendars and configurations stay as they are, so that a new consent restores everything.
 */
@Injectable()
export class CleanUpTokens {
  constructor(
    private readonly tokens: DeadTokens,
    private readonly record: RecordActions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async execute({ scope, olderThanDays, dryRun, requester }: CleanUpWish): Promise<CleanUp> {
    const deadBefore = this.clock.now() - olderThanDays * DAY_MS;
    if (dryRun) return { dryRun, removed: 0, connections: await this.tokens.find(scope, deadBefore) };
    const connections = await this.tokens.remove(scope, deadBefore);
    await this.#tell(connections, requester);
    return { dryRun, removed: connections.length, connections };
  }

  async #tell(connections: readonly DeadConnection[], { author, requestId }: Requester): Promise<void> {
    const done = {
      author,
      requestId,
      action: 'connection.tokens_removed',
      outcome: 'done',
      code: null,
    } as const;
    await this.record.execute(
      connections.map(({ connectionId, workspaceId }) => ({ ...done, objectId: connectionId, workspaceId })),
    );
    for (const { connectionId, workspaceId } of connections)
      this.log.info('connection.tokens_removed', 'Tokens that had been useless for long were removed.', {
        connection_id: connectionId,
        workspace_id: workspaceId,
      });
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { MISSING_TOKENS } from '../../oauth/connection.js';
import type { Instant } from '../../shared/time.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { DeadTokens, type DeadConnection } from '../dead-tokens.js';
import { FIND_DEAD, REMOVE_DEAD } from './dead-token-statements.js';

@Injectable()
export class PostgresDeadTokens extends DeadTokens {
  constructor(@InjectDataSource() private readonly source: DataSource) {
    super();
  }

  async find(scope: WorkspaceScope, deadBefore: Instant): Promise<DeadConnection[]> {
    return this.source.query(FIND_DEAD, [idOf(scope), deadBefore]);
  }

  async remove(scope: WorkspaceScope, deadBefore: Instant): Promise<DeadConnection[]> {
    return this.source.query(REMOVE_DEAD, [idOf(scope), deadBefore, JSON.stringify(MISSING_TOKENS)]);
  }
}

function idOf(scope: WorkspaceScope): string | null {
  return scope === 'all' ? null : scope.workspaceId;
}

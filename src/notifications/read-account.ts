import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import type { Workspace } from '../workspaces/workspace.js';
import { Workspaces } from '../workspaces/workspaces.js';

export interface Account {
  readonly connection: Connection;
  readonly workspace: Workspace;
}

@Injectable()
export class ReadAccount {
  constructor(
    private readonly connections: Connections,
    private readonly workspaces: Workspaces,
  ) {}

  async execute(connectionId: string): Promise<Account | null> {
    const connection = await this.connections.find(connectionId, 'all');
    const workspace = connection && (await this.workspaces.find(connection.workspaceId));
    return connection && workspace && { connection, workspace };
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import type { Workspace } from '../workspaces/workspace.js';
import { Workspaces } from '../workspaces/workspaces.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { reauthNotice, type ReauthNotice } from './reauth-notice.js';
import { ReauthLinks } from './reauth-links.js';

/** What a re-authorization link is about. */
export interface OpenedLink {
  readonly connection: Connection;
  readonly workspace: Workspace;
  readonly notice: ReauthNotice;
  /** Begins the consent when it is opened. */
  readonly consentUrl: string;
}

/** Tells what a link is about, and begins nothing: programs that look at e-mails open links, too. */
@Injectable()
export class OpenReauthLink {
  constructor(
    private readonly connections: Connections,
    private readonly workspaces: Workspaces,
    private readonly links: ReauthLinks,
    private readonly clock: Clock,
  ) {}

  /** Null when the link is forged or too old, or its connection is gone. */
  async execute(link: string): Promise<OpenedLink | null> {
    const id = this.links.connectionOf(link);
    const connection = id === null ? null : await this.connections.find(id, 'all');
    const workspace = connection && (await this.workspaces.find(connection.workspaceId));
    if (connection === null || workspace === null) return null;
    const notice = reauthNotice(connection, this.clock.now());
    return { connection, workspace, notice, consentUrl: this.links.consentUrl(link) };
  }
}

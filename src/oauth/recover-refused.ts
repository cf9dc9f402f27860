import { Injectable } from '@nestjs/common';
import { AcceptOAuthClient } from './accept-oauth-client.js';
import { ofClient, ProbeOAuthClient, type ClientAnswer } from './probe-oauth-client.js';

/** Connections that a refusal of our OAuth client as such has stopped: what one of them finds out holds for all (F05). */
@Injectable()
export class RecoverRefused {
  constructor(
    private readonly probe: ProbeOAuthClient,
    private readonly accept: AcceptOAuthClient,
  ) {}

  /** Null when nothing was found out. */
  async execute(connectionIds: readonly string[]): Promise<ClientAnswer | null> {
    const answer = await this.probe.execute(connectionIds, ofClient);
    if (answer === 'accepted') await this.accept.execute();
    return answer;
  }
}

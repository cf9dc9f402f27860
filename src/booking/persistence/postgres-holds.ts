import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ofWorkspace, type WorkspaceScope } from '../../workspaces/workspace.js';
import type { ClaimTerms } from '../bookable.js';
import type { Refused } from '../bookings.js';
import type { Hold, NewHold } from '../hold.js';
import { Holds } from '../holds.js';
import { termValues } from './booking-of-row.js';
import { claimOf, HOLD } from './claim-statements.js';
import { HoldEntity } from './hold.entity.js';

/**
 * Whoever claims time locks the claims in its way, in one order, and then the hold that it spends. The claims that go with
 * holds are locked the same way first, or the two could wait for each other in a circle.
 */
const removing = (which: string): string => `
  WITH claims AS MATERIALIZED (
    SELECT c.id FROM slot_claims c JOIN holds ON holds.id = c.hold_id WHERE ${which} ORDER BY c.id FOR UPDATE OF c
  ), removed AS (DELETE FROM holds WHERE ${which} AND (SELECT count(*) FROM claims) >= 0 RETURNING id)
  SELECT count(*)::int AS count FROM removed`;

const RELEASE = removing('holds.id = $1 AND ($2::uuid IS NULL OR holds.workspace_id = $2)');

const FORGET = removing(`holds.expires_at < now() - interval '1 day'`);

@Injectable()
export class PostgresHolds extends Holds {
  constructor(@InjectRepository(HoldEntity) private readonly rows: Repository<HoldEntity>) {
    super();
  }

  async claim(hold: NewHold, terms: ClaimTerms, ttlSeconds: number): Promise<Hold | Refused> {
    const answer = await this.rows.query(HOLD, [
      hold.id,
      hold.workspaceId,
      hold.configurationId,
      hold.calendarId,
      hold.startAt,
      hold.endAt,
      hold.timezone,
      ttlSeconds,
      terms.needed.startAt,
      terms.needed.endAt,
      ...termValues(terms),
    ]);
    const { claimedAt: expiresAt, obstacle } = claimOf(answer);
    return expiresAt === null ? (obstacle ?? 'taken') : { ...hold, expiresAt };
  }

  async find(id: string, scope: WorkspaceScope): Promise<Hold | null> {
    const row = await this.rows.findOneBy({ id, ...ofWorkspace(scope) });
    return row && { ...row };
  }

  async release(id: string, scope: WorkspaceScope): Promise<boolean> {
    return (await this.#removed(RELEASE, [id, scope === 'all' ? null : scope.workspaceId])) === 1;
  }

  async forget(): Promise<number> {
    return this.#removed(FORGET);
  }

  async #removed(statement: string, values: unknown[] = []): Promise<number> {
    const [row]: { count: number }[] = await this.rows.query(statement, values);
    return row?.count ?? 0;
  }
}

import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import type { ClaimTerms } from '../bookable.js';
import type { Refused } from '../bookings.js';
import type { Hold, NewHold } from '../hold.js';
import { Holds } from '../holds.js';
import { termValues } from './booking-of-row.js';
import { claimOf, HOLD } from './claim-statements.js';
import { HoldEntity } from './hold.entity.js';

const FORGET = `
  WITH forgotten AS (DELETE FROM holds WHERE expires_at < now() - interval '1 day' RETURNING id)
  SELECT count(*)::int AS count FROM forgotten`;

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
    const row = await this.rows.findOneBy(inScope(id, scope));
    return row && { ...row };
  }

  async release(id: string, scope: WorkspaceScope): Promise<boolean> {
    const { affected } = await this.rows.delete(inScope(id, scope));
    return affected === 1;
  }

  async forget(): Promise<number> {
    const [row]: { count: number }[] = await this.rows.query(FORGET);
    return row?.count ?? 0;
  }
}

function inScope(id: string, scope: WorkspaceScope): { id: string; workspaceId?: string } {
  return scope === 'all' ? { id } : { id, workspaceId: scope.workspaceId };
}

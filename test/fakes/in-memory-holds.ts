import type { ClaimTerms } from '../../src/booking/bookable.js';
import type { Refused } from '../../src/booking/bookings.js';
import type { Hold, NewHold } from '../../src/booking/hold.js';
import { Holds } from '../../src/booking/holds.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';
import { isVisible, type InMemoryBookingTables } from './in-memory-booking-tables.js';

const DAY_MS = 86_400_000;

export class InMemoryHolds extends Holds {
  constructor(private readonly tables: InMemoryBookingTables) {
    super();
  }

  async claim(hold: NewHold, terms: ClaimTerms, ttlSeconds: number): Promise<Hold | Refused> {
    const claimant = { ...hold, spentHold: null };
    const obstacle = this.tables.obstacle(claimant, terms);
    if (obstacle !== null) return obstacle;
    const made = { ...hold, expiresAt: this.tables.clock.now() + ttlSeconds * 1000 };
    this.tables.holds.set(hold.id, made);
    this.tables.give(claimant, terms.needed, { holdEndsAt: made.expiresAt });
    return made;
  }

  async find(id: string, scope: WorkspaceScope): Promise<Hold | null> {
    const hold = this.tables.holds.get(id);
    return hold !== undefined && isVisible(hold, scope) ? hold : null;
  }

  async release(id: string, scope: WorkspaceScope): Promise<boolean> {
    if ((await this.find(id, scope)) === null) return false;
    this.tables.takeBack(id);
    return this.tables.holds.delete(id);
  }

  async forget(): Promise<number> {
    const over = [...this.tables.holds.values()].filter(
      ({ expiresAt }) => expiresAt < this.tables.clock.now() - DAY_MS,
    );
    for (const { id } of over) await this.release(id, 'all');
    return over.length;
  }
}

import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { ClaimTerms } from './bookable.js';
import type { Refused } from './bookings.js';
import type { Hold, NewHold } from './hold.js';

/** Holds and the claims that keep their time. The database's clock decides when one has run out. */
export abstract class Holds {
  /**
   * Takes the time and a place of its day for `ttlSeconds`, in one statement. A hold that ran out is in nobody's
   * way: it is removed by the claim that needs its time.
   */
  abstract claim(hold: NewHold, terms: ClaimTerms, ttlSeconds: number): Promise<Hold | Refused>;
  /** Also one that ran out, until it is forgotten. */
  abstract find(id: string, scope: WorkspaceScope): Promise<Hold | null>;
  /** False when there was none. */
  abstract release(id: string, scope: WorkspaceScope): Promise<boolean>;
  /** Removes those that ran out a day ago; how many. */
  abstract forget(): Promise<number>;
}

import type { FailureCategory } from '../shared/failure.js';
import type { Affected } from './affected.js';
import type { HealthFacts } from './health-facts.js';

/** Something to do; a recommendation once it has its place among the others. */
export interface Finding {
  /** One of the issues that it ends is. */
  readonly isCritical: boolean;
  readonly category: FailureCategory;
  readonly message: string;
  readonly action: string;
  /** The link that mends it; null unless there is one for all that it is about. */
  readonly reauthUrl: string | null;
  readonly affected: Affected;
}

/** What a finding is made from, besides the issues. */
export interface Dependents extends HealthFacts {
  readonly affectedBy: (calendarIds: ReadonlySet<string>) => Affected;
}

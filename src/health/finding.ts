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
  readonly affected: Affected;
}

/** What a finding is made from, besides the issues. */
export type Dependents = Omit<HealthFacts, 'workspaces'>;

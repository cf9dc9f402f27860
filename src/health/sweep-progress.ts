import type { ConnectionSweep } from './connection-sweep.js';

/** How far a check of all accounts has come. */
export interface SweepState {
  /** The last connection that was checked; they come by id. */
  readonly after: string;
  readonly sweep: ConnectionSweep;
}

/** Where the check of all workspaces stands, so that the next run goes on where one was killed. */
export abstract class SweepProgress {
  /** Null when no run was left unfinished, or only one that saved nothing for `maxAgeMs`. */
  abstract left(maxAgeMs: number): Promise<SweepState | null>;
  abstract save(state: SweepState): Promise<void>;
  /** The run has come to its end. */
  abstract clear(): Promise<void>;
}

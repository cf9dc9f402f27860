import { Injectable } from '@nestjs/common';
import { SweepTokens } from '../oauth/sweep-tokens.js';
import { AlreadyRunning, JobLock } from '../shared/job-lock.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { ConnectionSweep } from './connection-sweep.js';
import { RecordGone } from './record-gone.js';
import { SweepConnections, type Progress } from './sweep-connections.js';

/** The job that checks the calendars of all workspaces: its lock, and its name in the schedule. */
export const HEALTH_CHECK = 'health-check';

/**
 * Asks the provider about every calendar of a scope and records what it said. Connections that need somebody
 * to act are recorded as such without asking.
 */
@Injectable()
export class CheckCalendars {
  constructor(
    private readonly sweepTokens: SweepTokens,
    private readonly sweep: SweepConnections,
    private readonly recordGone: RecordGone,
    private readonly lock: JobLock,
  ) {}

  /** @throws AlreadyRunning another run is at all workspaces; one that is asked for a single one never waits */
  async execute(scope: WorkspaceScope, progress: Progress = () => undefined): Promise<ConnectionSweep> {
    const run = (): Promise<ConnectionSweep> => this.#run(scope, progress);
    return scope === 'all' ? this.lock.exclusively(HEALTH_CHECK, run) : run();
  }

  async #run(scope: WorkspaceScope, progress: Progress): Promise<ConnectionSweep> {
    await this.#refreshTokens(scope);
    const sweep = await this.sweep.execute(scope, progress);
    await this.recordGone.execute(scope);
    return sweep;
  }

  async #refreshTokens(scope: WorkspaceScope): Promise<void> {
    try {
      await this.sweepTokens.execute(scope);
    } catch (error) {
      // Another run does exactly this.
      if (!(error instanceof AlreadyRunning)) throw error;
    }
  }
}

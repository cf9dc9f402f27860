import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { bugFacts } from '../shared/bug-facts.js';
import { JobLock } from '../shared/job-lock.js';
import { Log } from '../shared/log.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { CheckAtPace } from './check-at-pace.js';
import { PrepareCheck } from './prepare-check.js';
import { sweepConnections, type ConnectionSweep } from './sweep-connections.js';

/** The job that checks the calendars of all workspaces: its lock, and its name in the schedule. */
export const HEALTH_CHECK = 'health-check';

type Progress = (done: number, total: number) => void;

/**
 * Asks the provider about every calendar of a scope and records what it said. Connections that need somebody
 * to act are recorded as such without asking.
 */
@Injectable()
export class CheckCalendars {
  constructor(
    private readonly connections: Connections,
    private readonly prepare: PrepareCheck,
    private readonly checkAtPace: CheckAtPace,
    private readonly lock: JobLock,
    private readonly log: Log,
  ) {}

  /** @throws AlreadyRunning another run is at all workspaces; one that is asked for a single one never waits */
  async execute(scope: WorkspaceScope, progress: Progress = () => undefined): Promise<ConnectionSweep> {
    const run = (): Promise<ConnectionSweep> => this.#run(scope, progress);
    return scope === 'all' ? this.lock.exclusively(HEALTH_CHECK, run) : run();
  }

  async #run(scope: WorkspaceScope, progress: Progress): Promise<ConnectionSweep> {
    await this.prepare.execute(scope);
    return sweepConnections(await this.connections.all(scope), {
      check: (connection) => this.checkAtPace.execute(connection),
      crashed: (connection, error) => this.#logCrash(connection, error),
      progress,
    });
  }

  #logCrash({ id }: Connection, error: unknown): void {
    const facts = { connection_id: id, ...bugFacts(error) };
    this.log.error('health.check_crashed', 'A connection could not be checked, for a reason unknown.', facts);
  }
}

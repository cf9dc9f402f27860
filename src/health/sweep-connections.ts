import { Injectable } from '@nestjs/common';
import type { ConnectionProbe, ProbeSubject } from '../calendars/probe-connection.js';
import { RecordProbes } from '../calendars/record-probes.js';
import { bugFacts } from '../shared/bug-facts.js';
import { forEachConcurrently } from '../shared/concurrency.js';
import { databaseOutage } from '../shared/database-errors.js';
import { Log } from '../shared/log.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { AccountsToCheck } from './accounts-to-check.js';
import { NOTHING_SWEPT, withCrash, withProbe, type ConnectionSweep } from './connection-sweep.js';
import { ProbeAtPace } from './probe-at-pace.js';
import { SweepProgress, type SweepState } from './sweep-progress.js';

/** Accounts asked at the same time; the quota decides how fast that goes. */
const CONCURRENCY = 10;
/** Accounts that are read together and recorded together, with five statements. */
const BATCH = 1000;
/** What was checked longer ago is asked again. */
const RESUMABLE_MS = 30 * 60_000;
const START: SweepState = { after: '00000000-0000-0000-0000-000000000000', sweep: NOTHING_SWEPT };

export type Progress = (done: number, total: number) => void;

/**
 * Asks every connected account of a scope, and records what it said. One that fails or crashes never stops the
 * others. A run over all workspaces goes on where an earlier one was killed.
 */
@Injectable()
export class SweepConnections {
  constructor(
    private readonly accounts: AccountsToCheck,
    private readonly probe: ProbeAtPace,
    private readonly record: RecordProbes,
    private readonly progress: SweepProgress,
    private readonly log: Log,
  ) {}

  /** @throws what the database threw when it is gone: that is not the fault of any account */
  async execute(scope: WorkspaceScope, told: Progress): Promise<ConnectionSweep> {
    const isResumable = scope === 'all';
    const total = await this.accounts.count(scope);
    let state = (isResumable ? await this.progress.left(RESUMABLE_MS) : null) ?? START;
    told(state.sweep.connections, total);
    for (;;) {
      const batch = await this.accounts.execute(scope, state.after, BATCH);
      const sweep = await this.#swept(batch, state.sweep, (done) => told(done, Math.max(done, total)));
      const last = batch.at(-1);
      if (last === undefined || batch.length < BATCH) {
        if (isResumable) await this.progress.clear();
        return sweep;
      }
      state = { after: last.connection.id, sweep };
      if (isResumable) await this.progress.save(state);
    }
  }

  async #swept(
    batch: readonly ProbeSubject[],
    before: ConnectionSweep,
    told: (done: number) => void,
  ): Promise<ConnectionSweep> {
    const probes: ConnectionProbe[] = [];
    let sweep = before;
    await forEachConcurrently(batch, CONCURRENCY, async (account) => {
      const probe = await this.#probed(account);
      if (probe !== null) probes.push(probe);
      sweep = probe === null ? withCrash(sweep, account.calendars.length) : withProbe(sweep, probe);
      told(sweep.connections);
    });
    await this.record.execute(probes);
    return sweep;
  }

  /** Null after a throw, which no provider can cause. */
  async #probed(account: ProbeSubject): Promise<ConnectionProbe | null> {
    try {
      return await this.probe.execute(account);
    } catch (error) {
      if (databaseOutage(error)) throw error;
      const facts = { connection_id: account.connection.id, ...bugFacts(error) };
      this.log.error(
        'health.check_crashed',
        'A connection could not be checked, for a reason unknown.',
        facts,
      );
      return null;
    }
  }
}

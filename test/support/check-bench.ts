import { AccountsToCheck } from '../../src/health/accounts-to-check.js';
import { CheckCalendars } from '../../src/health/check-calendars.js';
import { ProbeAtPace } from '../../src/health/probe-at-pace.js';
import { RecordGone } from '../../src/health/record-gone.js';
import { SweepConnections } from '../../src/health/sweep-connections.js';
import type { Connection } from '../../src/oauth/connection.js';
import { RefreshAtPace } from '../../src/oauth/refresh-at-pace.js';
import { RefreshDueToken } from '../../src/oauth/refresh-due-token.js';
import { SweepTokens } from '../../src/oauth/sweep-tokens.js';
import { InMemoryConfigurations } from '../fakes/in-memory-configurations.js';
import { InMemoryJobLock } from '../fakes/in-memory-job-lock.js';
import { InMemorySweepProgress } from '../fakes/in-memory-sweep-progress.js';
import { calendarBench } from './calendar-bench.js';

/** The check of all calendars, over fakes. */
export function checkBench() {
  const bench = calendarBench();
  const { calendars, connections, store, refresh, probe, record, clock, config, log, ids } = bench;
  const lock = new InMemoryJobLock();
  const progress = new InMemorySweepProgress(clock);
  const configurations = new InMemoryConfigurations(ids, clock);
  const refreshDue = new RefreshDueToken(store, refresh, clock, log);
  const sweepTokens = new SweepTokens(connections, new RefreshAtPace(refreshDue, clock), lock, clock, config);
  const accounts = new AccountsToCheck(connections, calendars, store);
  const probeAtPace = new ProbeAtPace(probe, connections, clock, config);
  const sweep = new SweepConnections(accounts, probeAtPace, record, progress, log);
  const recordGone = new RecordGone(calendars, connections, configurations, clock);
  const checkCalendars = new CheckCalendars(sweepTokens, sweep, recordGone, lock);

  /** Accounts with a calendar each, under their own address. */
  async function accountsOf(...emails: readonly string[]): Promise<Connection[]> {
    const made: Connection[] = [];
    for (const email of emails) {
      const connection = await bench.connect(email);
      bench.calendarOf(connection, email);
      made.push(connection);
    }
    return made;
  }

  return { ...bench, lock, progress, configurations, probeAtPace, checkCalendars, accountsOf };
}

export type CheckBench = ReturnType<typeof checkBench>;

import type { CalendarRecord } from './health-history.js';

/** How well calendars could be read in a window. Lengths are milliseconds, added up over the calendars. */
export interface ServiceLevel {
  /** Share of the observed time, 0 to 1; null when nothing was observed. */
  readonly availability: number | null;
  /** Share of the downtime that the target allows, 1 to 0, and below when more was used; null as above. */
  readonly errorBudgetRemaining: number | null;
  readonly observedMs: number;
  /** The rest of the window: neither up nor down. */
  readonly unknownMs: number;
  readonly downtimeMs: number;
  readonly longestOutageMs: number;
  readonly outages: number;
  /** Null when no outage ended in the window. */
  readonly meanTimeToRecoveryMs: number | null;
  readonly checks: number;
  readonly failedChecks: number;
}

/** Of any number of calendars. `target`: the availability that is aimed at, above 0 and below 1. */
export function serviceLevelOf(
  records: readonly CalendarRecord[],
  windowMs: number,
  target: number,
): ServiceLevel {
  const sum = (of: (record: CalendarRecord) => number): number =>
    records.reduce((total, record) => total + of(record), 0);
  const observedMs = sum((record) => record.observedMs);
  const downtimeMs = sum((record) => record.downtimeMs);
  const recoveries = sum((record) => record.recoveries);
  const down = observedMs === 0 ? null : downtimeMs / observedMs;
  return {
    availability: down === null ? null : 1 - down,
    errorBudgetRemaining: down === null ? null : 1 - down / (1 - target),
    observedMs,
    unknownMs: records.length * windowMs - observedMs,
    downtimeMs,
    longestOutageMs: Math.max(0, ...records.map(({ longestOutageMs }) => longestOutageMs)),
    outages: sum((record) => record.outages),
    meanTimeToRecoveryMs: recoveries === 0 ? null : sum((record) => record.recoveryMs) / recoveries,
    checks: sum((record) => record.checks),
    failedChecks: sum((record) => record.failedChecks),
  };
}

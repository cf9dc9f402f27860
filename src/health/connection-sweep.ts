import { isJudged, type ConnectionProbe } from '../calendars/probe-connection.js';

/** What a check of many accounts came to. */
export interface ConnectionSweep {
  /** Connected accounts, working or not. */
  readonly connections: number;
  /** Those of which at least one calendar could not be read, or that could not be checked. */
  readonly failedConnections: number;
  readonly calendars: number;
  readonly failedCalendars: number;
  /** How many accounts could not be judged, by the code of the reason. Of these nothing new is known. */
  readonly unjudged: Readonly<Record<string, number>>;
}

export const NOTHING_SWEPT: ConnectionSweep = {
  connections: 0,
  failedConnections: 0,
  calendars: 0,
  failedCalendars: 0,
  unjudged: {},
};

/** The reason of an account whose check met a bug of ours. */
export const CHECK_CRASHED = 'check_crashed';

export function withProbe(sweep: ConnectionSweep, { reads, failure }: ConnectionProbe): ConnectionSweep {
  const judged = reads.filter(isJudged);
  const failed = judged.filter((read) => read.failure !== null).length;
  const unjudged = [...reads, { failure }].find((read) => !isJudged(read))?.failure?.code;
  return {
    connections: sweep.connections + 1,
    failedConnections: sweep.failedConnections + Number(failed > 0 || failure !== null),
    calendars: sweep.calendars + reads.length,
    failedCalendars: sweep.failedCalendars + failed,
    unjudged: unjudged === undefined ? sweep.unjudged : oneMore(sweep.unjudged, unjudged),
  };
}

export function withCrash(sweep: ConnectionSweep, calendars: number): ConnectionSweep {
  return {
    ...sweep,
    connections: sweep.connections + 1,
    failedConnections: sweep.failedConnections + 1,
    calendars: sweep.calendars + calendars,
    unjudged: oneMore(sweep.unjudged, CHECK_CRASHED),
  };
}

/** Accounts that could not be judged, for whatever reason; 0 only when the check is complete. */
export function unjudgedIn({ unjudged }: ConnectionSweep): number {
  return Object.values(unjudged).reduce((sum, count) => sum + count, 0);
}

/** For people: `circuit_open 2, quota_paced 1`. */
export function reasonsIn({ unjudged }: ConnectionSweep): string {
  return Object.entries(unjudged)
    .map((reason) => reason.join(' '))
    .sort()
    .join(', ');
}

function oneMore(counts: ConnectionSweep['unjudged'], code: string): ConnectionSweep['unjudged'] {
  return { ...counts, [code]: (counts[code] ?? 0) + 1 };
}

import type { Failure } from '../shared/failure.js';

/** Which of Google's endpoints answered: those of OAuth (token, revoke), or the Calendar API. */
export type Endpoint = 'token' | 'calendar';

/** Where a failure shows: beside an answer's status, in one calendar's entry or in the body of a good answer, or nowhere. */
export type Place = Endpoint | 'entry' | 'body' | 'transport';

export type Verdict = Pick<Failure, 'category' | 'actor' | 'needsReauth' | 'retryable' | 'message'> & {
  /** How long to ask nothing more for the connection, whatever `Retry-After` says. */
  readonly pauseMs?: number;
  readonly timedOut?: boolean;
};

/** `reason` is `error.details[].reason`, `error.errors[].reason` and `error.status`, the most telling first. */
export const NAME_FIELDS = ['error', 'subtype', 'reason', 'transport', 'unreadable'] as const;
export type NameField = (typeof NAME_FIELDS)[number];

/** All that a failure is judged by. Free text is no part of it (R3). */
export interface Observed {
  readonly place: Place;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly names: Readonly<Record<NameField, readonly string[]>>;
}

/** Every condition given must hold: the status, and of each field one of the names. With none given it always holds. */
export type Match = Partial<Readonly<Record<NameField, readonly string[]>>> & {
  /** One status, or the first and the last of a range. */
  readonly status?: number | readonly [first: number, last: number];
};

export interface FailureRow {
  readonly match: Match;
  readonly verdict: Verdict;
  /** Unless given, the code is the name that was found, or else the status. */
  readonly code?: string;
  /** Where the public can read that Google sends it, or plain words when that was not found. */
  readonly source: string;
}

export interface FailureSection {
  readonly title: string;
  readonly places: readonly Place[];
  /** The first row that matches decides. */
  readonly rows: readonly FailureRow[];
}

/** The first of the names found that a row lists. Lists, not objects: an answer may well say `constructor`. */
export function listedName(
  listed: readonly string[] | undefined,
  found: readonly string[],
): string | undefined {
  return found.find((name) => listed?.includes(name));
}

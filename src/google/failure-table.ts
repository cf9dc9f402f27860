import { CALENDAR_API_ANSWERS, FREE_BUSY_ENTRIES } from './calendar-failures.js';
import {
  listedName,
  NAME_FIELDS,
  type FailureRow,
  type FailureSection,
  type Match,
  type Observed,
} from './failure-row.js';
import { OAUTH_ERRORS, TOKEN_ENDPOINT_ANSWERS } from './oauth-failures.js';
import { NO_ANSWER, UNREADABLE_ANSWERS } from './transport-failures.js';
import { REFUSED, TRANSIENT } from './verdicts.js';

const SERVER_ERRORS: readonly FailureRow[] = [
  {
    match: { status: [500, 599] },
    verdict: TRANSIENT,
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6',
  },
];

/**
 * All that Google is known to answer when it does not do what it was asked, and what it means: the one place
 * where that is decided. Read from the top: of the sections for the place where the failure shows, the first
 * row that matches decides. So a 5xx passes whatever its body says; then structured fields count, the most
 * telling first; then the status. What nobody listed asks no person for anything.
 */
export const FAILURE_TABLE: readonly FailureSection[] = [
  { title: 'Server errors of any endpoint', places: ['token', 'calendar'], rows: SERVER_ERRORS },
  { title: 'OAuth errors, whichever endpoint sends them', places: ['token', 'calendar'], rows: OAUTH_ERRORS },
  { title: 'Other answers of the token endpoint', places: ['token'], rows: TOKEN_ENDPOINT_ANSWERS },
  { title: 'Answers of the Calendar API', places: ['calendar'], rows: CALENDAR_API_ANSWERS },
  { title: 'One calendar of a free/busy answer', places: ['entry'], rows: FREE_BUSY_ENTRIES },
  { title: 'Good status, bad body', places: ['body'], rows: UNREADABLE_ANSWERS },
  { title: 'No answer', places: ['transport'], rows: NO_ANSWER },
];

const UNKNOWN: FailureRow = { match: {}, verdict: REFUSED, source: 'listed nowhere' };

export function rowFor(observed: Observed): FailureRow {
  const sections = FAILURE_TABLE.filter(({ places }) => places.includes(observed.place));
  return sections.flatMap(({ rows }) => rows).find(({ match }) => holds(match, observed)) ?? UNKNOWN;
}

function holds(match: Match, { status, names }: Observed): boolean {
  const [first, last] = typeof match.status === 'object' ? match.status : [match.status, match.status];
  if (first !== undefined && last !== undefined && (status === null || status < first || status > last))
    return false;
  return NAME_FIELDS.every(
    (field) => match[field] === undefined || listedName(match[field], names[field]) !== undefined,
  );
}

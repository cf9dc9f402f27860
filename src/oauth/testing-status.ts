import type { Connection } from './connection.js';
import type { EndedGrant } from './connections.js';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const TESTING_LIFETIME_MS = 7 * DAY_MS;
/** Google counts from the consent, we from when its code was redeemed; and no two clocks agree. */
const TOLERANCE_MS = HOUR_MS;
/** An end is noticed by the next refresh: within the hour, or later when the service stood still. */
const NOTICED_WITHIN_MS = DAY_MS;
/** One account's owner may have taken the access back on just that day. */
const FEWEST_ENDED = 2;

/** How far back an authorization that ended is still a sign. */
export const SIGNS_LAST_MS = 30 * DAY_MS;

/** Ids of connections that show the publishing status "Testing"; none at all when it is not shown. */
export interface TestingSigns {
  /** Their authorization ended seven days after the consent. */
  readonly lost: readonly string[];
  /** Others, whose authorization the provider announced to end then. */
  readonly announced: readonly string[];
}

export const NO_SIGNS: TestingSigns = { lost: [], announced: [] };

/**
 * Whether the OAuth client's publishing status is still "Testing", by what became of the authorizations: Google
 * ends those of an external client in testing seven days after the consent. One that is announced to end then is
 * proof; of those that ended, it takes two. What was consented to before the client was published is history.
 *
 * @see https://developers.google.com/identity/protocols/oauth2#expiration
 */
export function signsOfTesting(
  connections: readonly Connection[],
  ended: readonly EndedGrant[],
): TestingSigns {
  const publishedAt = provenPublished(connections);
  const lapsed = ended.filter((one) => lapsedInTesting(one) && one.consentedAt > publishedAt);
  const announced = connections.filter(announcedToLapse).map(({ id }) => id);
  const consents = new Set(lapsed.map(({ connectionId, consentedAt }) => `${connectionId} ${consentedAt}`));
  if (consents.size < FEWEST_ENDED && announced.length === 0) return NO_SIGNS;
  const lost = new Set(lapsed.map(({ connectionId }) => connectionId));
  return { lost: [...lost], announced: announced.filter((id) => !lost.has(id)) };
}

/** The latest consent that outlived what a client in testing is given: the client was published by then. */
function provenPublished(connections: readonly Connection[]): number {
  return connections.reduce((latest, { consentedAt, lastRefreshedAt }) => {
    if (consentedAt === null || lastRefreshedAt === null) return latest;
    const outlived = lastRefreshedAt - consentedAt > TESTING_LIFETIME_MS + NOTICED_WITHIN_MS;
    return outlived ? Math.max(latest, consentedAt) : latest;
  }, -Infinity);
}

function lapsedInTesting({ consentedAt, endedAt }: EndedGrant): boolean {
  const lateMs = endedAt - consentedAt - TESTING_LIFETIME_MS;
  return lateMs >= -TOLERANCE_MS && lateMs <= NOTICED_WITHIN_MS;
}

function announcedToLapse({ authStatus, consentedAt, authorizationEndsAt }: Connection): boolean {
  if (authStatus !== 'active' || consentedAt === null || authorizationEndsAt === null) return false;
  return Math.abs(authorizationEndsAt - consentedAt - TESTING_LIFETIME_MS) <= TOLERANCE_MS;
}

const CALENDAR = 'https://www.googleapis.com/auth/calendar';

/**
 * The narrowest scopes that do the work.
 * @see https://developers.google.com/workspace/calendar/api/auth
 */
export const SCOPES = [
  'openid',
  'email',
  `${CALENDAR}.calendarlist.readonly`,
  `${CALENDAR}.events.freebusy`,
  `${CALENDAR}.events`,
] as const;

/** Each need, by the scope we ask for, and the wider or older scopes that serve it as well. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  [`${CALENDAR}.calendarlist.readonly`]: ['.calendarlist', '.readonly', ''],
  [`${CALENDAR}.events.freebusy`]: ['.freebusy', '.readonly', ''],
  [`${CALENDAR}.events`]: [''],
};

/** A person can untick scopes on Google's consent page; these are the ones we cannot do without. */
export function missingScopes(granted: readonly string[]): readonly string[] {
  const has = new Set(granted);
  return Object.entries(NEEDS)
    .filter(([scope, others]) => !has.has(scope) && !others.some((suffix) => has.has(CALENDAR + suffix)))
    .map(([scope]) => scope);
}

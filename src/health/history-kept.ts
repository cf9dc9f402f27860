const DAY_MS = 24 * 60 * 60_000;

/** Single checks; their hourly sums stay. */
export const CHECKS_KEPT_MS = 30 * DAY_MS;
/** Hourly sums, outages, and the time in which anything was known. A leap year is whole. */
export const HISTORY_KEPT_MS = 366 * DAY_MS;

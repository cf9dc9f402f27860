/**
 * The pace of changes to one calendar, kept by all instances together: Google limits quick successive writes to
 * a single calendar, whoever makes them.
 *
 * @see https://developers.google.com/workspace/calendar/api/guides/quota operational limits
 */
export abstract class WriteTurns {
  /**
   * Takes the next turn of the calendar and says in how many milliseconds it is; 0: now. Null when it would be
   * later than in `limitMs`: then none is taken.
   */
  abstract take(calendarId: string, limitMs: number): Promise<number | null>;
}

import { CronTime } from 'cron';
import { DateTime } from 'luxon';
import type { Instant } from './time.js';

/** Why `expression` is not a five- or six-field cron expression, or null when it is one. */
export function cronProblem(expression: string): string | null {
  const fields = expression.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6) return 'expected a cron expression of five or six fields';
  try {
    void new CronTime(expression);
    return null;
  } catch {
    return 'expected a valid cron expression';
  }
}

/** The first tick after `after`, in the time zone of the process. @throws none comes within eight years */
export function nextTick(expression: string, after: Instant): Instant {
  return new CronTime(expression).getNextDateFrom(DateTime.fromMillis(after)).toMillis();
}

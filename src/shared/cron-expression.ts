import { CronTime } from 'cron';

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

import type { BusySource, CalendarRead } from '../calendars/read-busy.js';
import type { FailureCategory } from '../shared/failure.js';
import type { Instant } from '../shared/time.js';

export type HealthStatus = 'healthy' | 'partial' | 'critical' | 'rules_violation';

export interface CalendarTruth {
  readonly calendarId: string;
  readonly name: string;
  readonly accountEmail: string;
  readonly source: BusySource;
  readonly asOf: Instant | null;
  readonly category: FailureCategory | null;
}

/** Which calendars an answer rests on: how each was read, and which could not be. */
export interface CalendarHealth {
  readonly status: HealthStatus;
  readonly totalCalendars: number;
  readonly successfulCalendars: number;
  /** Names of the calendars whose read failed, also where older knowledge stood in. */
  readonly failedCalendars: readonly string[];
  /** Distinct accounts that need re-authorization. */
  readonly tokenIssues: readonly string[];
  readonly message: string;
  readonly calendars: readonly CalendarTruth[];
}

export function calendarHealth(reads: readonly CalendarRead[]): CalendarHealth {
  const failed = reads.filter(({ failure }) => failure !== null);
  const needReauth = failed.filter(({ failure }) => failure?.needsReauth);
  return {
    status: statusOf(failed.length, reads.length),
    totalCalendars: reads.length,
    successfulCalendars: reads.length - failed.length,
    failedCalendars: failed.map(({ calendar }) => calendar.name),
    tokenIssues: [...new Set(needReauth.map(({ accountEmail }) => accountEmail))],
    message: messageOf(reads.length, failed.length, needReauth.length),
    calendars: reads.map(({ calendar, accountEmail, source, asOf, failure }) => ({
      calendarId: calendar.id,
      name: calendar.name,
      accountEmail,
      source,
      asOf,
      category: failure?.category ?? null,
    })),
  };
}

/** The rules refused the whole request, so no calendar was asked. */
export function unaskedHealth(totalCalendars: number, reason: string): CalendarHealth {
  return {
    status: 'rules_violation',
    totalCalendars,
    successfulCalendars: 0,
    failedCalendars: [],
    tokenIssues: [],
    message: reason,
    calendars: [],
  };
}

/** What a person should know before trusting the answer. */
export function healthWarnings(reads: readonly CalendarRead[]): string[] {
  const failed = reads.filter(({ failure }) => failure !== null);
  const malformed = failed.filter(({ failure }) => failure?.category === 'malformed_data');
  const unread = failed.filter(({ failure }) => failure?.category !== 'malformed_data');
  return [
    ...warning('Could not check availability for', unread),
    ...warning('Some busy times could not be read in', malformed),
  ];
}

/** None failing, at most half, more than half: the same thresholds wherever calendars are counted. */
export function statusOf(failing: number, total: number): 'healthy' | 'partial' | 'critical' {
  if (failing === 0) return 'healthy';
  return failing * 2 <= total ? 'partial' : 'critical';
}

function messageOf(total: number, failed: number, needReauth: number): string {
  if (failed === 0) return `All ${total} calendars checked successfully`;
  const parts = [
    ...(needReauth > 0 ? [`${needReauth} need re-authorization`] : []),
    ...(failed > needReauth ? [`${failed - needReauth} had other issues`] : []),
  ];
  return `${total - failed}/${total} calendars checked successfully. ${parts.join(', ')}`;
}

function warning(text: string, reads: readonly CalendarRead[]): string[] {
  if (reads.length === 0) return [];
  const names = reads.map(({ calendar }) => calendar.name).join(', ');
  return [`${text} ${reads.length} ${reads.length === 1 ? 'calendar' : 'calendars'}: ${names}`];
}

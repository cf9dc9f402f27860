import type { Instant, Interval } from '../../shared/time.js';
import { GoogleError, invalidValue, missing, timeRangeEmpty } from '../google-errors.js';
import { inZone, isZone, parseInstant, parseLocal, startOfDay } from '../instants.js';
import type { EventTime } from '../state/events.js';

/**
 * The real span of an event: timed ones to the second, all-day ones from midnight to midnight in `zone`.
 *
 * @param zone the zone of the calendar
 * @throws GoogleError 400 when a limit is missing or malformed, or the end lies before the start
 */
export function eventSpan(start: EventTime | undefined, end: EventTime | undefined, zone: string): Interval {
  if (!end) throw new GoogleError(missing('Missing end time.'));
  if (!start) throw new GoogleError(missing('Missing start time.'));
  if ((start.date === undefined) !== (end.date === undefined)) {
    throw new GoogleError(invalidValue('Start and end times must either both be date or both be dateTime.'));
  }
  const startAt = limit(start, 'start', zone);
  const endAt = limit(end, 'end', zone);
  if (endAt < startAt) throw new GoogleError(timeRangeEmpty());
  return { startAt, endAt };
}

function limit(
  { date, dateTime, timeZone }: EventTime,
  name: 'start' | 'end',
  calendarZone: string,
): Instant {
  if ((date === undefined) === (dateTime === undefined)) {
    throw new GoogleError(
      date === undefined ? missing(`Missing ${name} time.`) : invalidValue(`Invalid ${name} time.`),
    );
  }
  if (timeZone !== undefined && !isZone(timeZone)) {
    throw new GoogleError(invalidValue(`Invalid time zone definition for ${name} time.`));
  }
  const at = date === undefined ? instantOf(dateTime ?? '', timeZone, name) : startOfDay(date, calendarZone);
  if (at === undefined) throw new GoogleError(invalidValue(`Invalid ${name} time.`));
  return Math.floor(at / 1000) * 1000;
}

function instantOf(text: string, zone: string | undefined, name: string): Instant | undefined {
  const at = parseInstant(text);
  if (at !== undefined || !/^\d{4}-\d{2}-\d{2}T[\d:.]+$/i.test(text)) return at;
  if (zone === undefined) throw new GoogleError(missing(`Missing time zone definition for ${name} time.`));
  return parseLocal(text, zone);
}

/** A limit as Google writes it back: at the offset of `zone`, with the zone that the client gave. */
export function writtenTime(time: EventTime, at: Instant, zone: string): EventTime {
  if (time.date !== undefined) return { date: time.date };
  return { dateTime: inZone(at, zone), timeZone: time.timeZone ?? zone };
}

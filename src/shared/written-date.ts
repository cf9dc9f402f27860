/** The number written in decimal digits at a place in the text; reads them in place, without cutting them out. */
export function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at += 1) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

/** Days since 1970-01-01 of a text that begins with `YYYY-MM-DD`; null when the calendar has no such date. */
export function dayAt(text: string): number | null {
  const [year, month, date] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)];
  const isReal = year >= 1 && month >= 1 && month <= 12 && date >= 1 && date <= daysInMonth(year, month);
  return isReal ? dayOf(year, month, date) : null;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const DAYS_TO_1970 = 719_468;

function dayOf(year: number, month: number, date: number): number {
  // Years are counted from March here, so that the leap day comes last; 153 days are five months.
  const since = month > 2 ? year : year - 1;
  const leapDays = Math.floor(since / 4) - Math.floor(since / 100) + Math.floor(since / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1;
  return since * 365 + leapDays + dayOfYear - DAYS_TO_1970;
}

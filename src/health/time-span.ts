const MINUTE_MS = 60_000;
const UNITS = [
  { unit: 'm', ms: MINUTE_MS },
  { unit: 'h', ms: 60 * MINUTE_MS },
  { unit: 'd', ms: 1440 * MINUTE_MS },
  { unit: 'w', ms: 7 * 1440 * MINUTE_MS },
] as const;

/** A written length such as `30d`. Days and weeks of a local calendar may be longer or shorter than `ms`. */
export interface TimeSpan {
  readonly count: number;
  readonly unit: (typeof UNITS)[number]['unit'];
  /** With days of 24 hours. */
  readonly ms: number;
}

/** Null unless the text is a whole number from 1 on, without signs or leading zeros, and `m`, `h`, `d` or `w`. */
export function parseTimeSpan(text: string): TimeSpan | null {
  const [, digits, letter] = /^([1-9]\d{0,5})([mhdw])$/.exec(text) ?? [];
  const found = UNITS.find(({ unit }) => unit === letter);
  if (digits === undefined || found === undefined) return null;
  const count = Number(digits);
  return { count, unit: found.unit, ms: count * found.ms };
}

import type { Field, Operation, Schema } from './operations.js';
import { dayFromNow } from './world.js';

/** A random version-4 UUID that belongs to nothing. */
export const UNKNOWN_ID = '4c6a1d0e-7f0b-4c7e-9a51-3d2b8e6f9a70';

const BY_NAME: Readonly<Record<string, () => unknown>> = {
  start_time: () => `${dayFromNow(4)}T15:00:00Z`,
  date: () => dayFromNow(4),
  timezone: () => 'Europe/Berlin',
  from_time: () => '09:00',
  to_time: () => '17:00',
  workdays: () => ['monday'],
  attendee_email: () => 'pat@example.com',
};

/** Fields without which a body cannot be valid, though the schema lets them be. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'POST /api/calendars/configurations/{id}/check-availability': ['date'],
};

/** A valid body of an operation, as small as it can be; ids in it belong to nothing. */
export function sampleBody({ method, path, body }: Operation): Record<string, unknown> {
  const needed = NEEDED[`${method} ${path}`] ?? [];
  const fields = (body ?? []).filter(({ name, required }) => required || needed.includes(name));
  return Object.fromEntries(fields.map((field) => [field.name, sampleOf(field)]));
}

function sampleOf({ name, schema }: Field): unknown {
  return BY_NAME[name]?.() ?? schema.example ?? sampleOfSchema(schema);
}

function sampleOfSchema({ type, format, enum: choices, minimum, items }: Schema): unknown {
  if (choices !== undefined) return choices[0];
  if (format === 'uuid') return UNKNOWN_ID;
  if (type === 'integer') return minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'array') return items === undefined ? [] : [sampleOfSchema(items)];
  return 'text';
}

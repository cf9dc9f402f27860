import { calendarError, GoogleError, invalidPayload } from '../google-errors.js';
import { isZone, parseInstant } from '../instants.js';

/** How each parameter of a method must look; a list names the allowed words. */
export type QuerySpec = Readonly<
  Record<string, 'text' | 'flag' | 'count' | 'instant' | 'zone' | readonly string[]>
>;

/** Parameters that every Google method takes. Accepted, and without effect here. */
const STANDARD = new Set([
  'alt',
  'prettyPrint',
  'fields',
  'key',
  'quotaUser',
  'userIp',
  'oauth_token',
  'access_token',
  'callback',
  'uploadType',
  '$.xgafv',
]);

const REPEATABLE = new Set(['privateExtendedProperty', 'sharedExtendedProperty', 'eventTypes']);

const CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  text: () => true,
  flag: (value) => value === 'true' || value === 'false',
  count: (value) => /^\d{1,9}$/.test(value),
  instant: (value) => parseInstant(value) !== undefined,
  zone: isZone,
};

/** The parameters of a call, known to be well formed. */
export class Query {
  constructor(private readonly values: URLSearchParams) {}

  text(name: string): string | undefined {
    return this.values.get(name) ?? undefined;
  }

  all(name: string): string[] {
    return this.values.getAll(name);
  }

  flag(name: string): boolean {
    return this.values.get(name) === 'true';
  }

  count(name: string): number | undefined {
    const value = this.values.get(name);
    return value === null ? undefined : Number(value);
  }

  instant(name: string): number | undefined {
    return parseInstant(this.values.get(name));
  }
}

/** @throws GoogleError 400 for a parameter that is unknown, repeated or malformed */
export function parseQuery(spec: QuerySpec, values: URLSearchParams): Query {
  const names = [...new Set(values.keys())].filter((name) => !STANDARD.has(name));
  const unknown = names.filter((name) => !Object.hasOwn(spec, name));
  if (unknown.length > 0) throw new GoogleError(invalidPayload(unknown.map(cannotBind), 'invalid'));
  for (const name of names) {
    const given = values.getAll(name);
    if (given.length > 1 && !REPEATABLE.has(name)) refuse(name, given.join(', '));
    for (const value of given) if (!isAllowed(spec[name] ?? 'text', value)) refuse(name, value);
  }
  return new Query(values);
}

function isAllowed(kind: QuerySpec[string], value: string): boolean {
  return typeof kind === 'string' ? CHECKS[kind]?.(value) === true : kind.includes(value);
}

function cannotBind(name: string): string {
  return `Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`;
}

function refuse(name: string, value: string): never {
  const place = { locationType: 'parameter', location: name } as const;
  throw new GoogleError(
    calendarError(400, 'invalidParameter', `Invalid value for ${name}: '${value}'.`, { place }),
  );
}

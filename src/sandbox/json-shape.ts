/** What a JSON value must look like. A list of strings is an enumeration. */
export type Shape =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'any'
  | readonly string[]
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

/** The values that a shape lets through. */
export type Infer<S> = S extends 'string'
  ? string
  : S extends 'boolean'
    ? boolean
    : S extends 'integer' | 'number'
      ? number
      : S extends readonly (infer Word)[]
        ? Word
        : S extends { readonly list: infer Item }
          ? readonly Infer<Item>[]
          : S extends { readonly map: infer Item }
            ? Readonly<Record<string, Infer<Item>>>
            : S extends { readonly fields: infer Fields }
              ? InferFields<Fields, S extends { readonly required: readonly (infer Name)[] } ? Name : never>
              : unknown;

type InferFields<Fields, Required> = {
  readonly [Name in keyof Fields as Name extends Required ? Name : never]: Infer<Fields[Name]>;
} & { readonly [Name in keyof Fields as Name extends Required ? never : Name]?: Infer<Fields[Name]> };

export interface Violation {
  /** Dotted, with list positions: `attendees[0].email`. Empty for the value itself. */
  readonly path: string;
  readonly problem: 'unknown' | 'missing' | 'type';
  readonly expected: string;
}

type Json = Readonly<Record<string, unknown>>;

const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  any: () => true,
};

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fits<S>(shape: Shape & S, value: unknown): value is Infer<S> {
  return violations(shape, value).length === 0;
}

/** Google reads `null` as an absent field, at any depth. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const present = Object.entries(value).filter(([, element]) => element !== null);
  return Object.fromEntries(present.map(([name, element]) => [name, withoutNulls(element)]));
}

/** Every way in which `value` departs from `shape`, outermost first. */
export function violations(shape: Shape, value: unknown, path = ''): Violation[] {
  if (typeof shape === 'string') {
    return SCALARS[shape]?.(value) ? [] : [{ path, problem: 'type', expected: shape }];
  }
  if (isEnumeration(shape)) {
    const allowed = typeof value === 'string' && shape.includes(value);
    return allowed ? [] : [{ path, problem: 'type', expected: `one of ${shape.join(', ')}` }];
  }
  if ('list' in shape) return listViolations(shape.list, value, path);
  if ('map' in shape) return mapViolations(shape.map, value, path);
  return fieldViolations(shape, value, path);
}

function isEnumeration(shape: Shape): shape is readonly string[] {
  return Array.isArray(shape);
}

function listViolations(item: Shape, value: unknown, path: string): Violation[] {
  if (!Array.isArray(value)) return [{ path, problem: 'type', expected: 'list' }];
  return value.flatMap((element: unknown, at) => violations(item, element, `${path}[${at}]`));
}

function mapViolations(item: Shape, value: unknown, path: string): Violation[] {
  if (!isObject(value)) return [{ path, problem: 'type', expected: 'object' }];
  return Object.entries(value).flatMap(([key, element]) => violations(item, element, join(path, key)));
}

function fieldViolations(
  shape: { fields: Readonly<Record<string, Shape>>; required?: readonly string[] },
  value: unknown,
  path: string,
): Violation[] {
  if (!isObject(value)) return [{ path, problem: 'type', expected: 'object' }];
  const missing = (shape.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name): Violation => ({ path: join(path, name), problem: 'missing', expected: 'a value' }));
  const present = Object.entries(value).flatMap(([name, element]): Violation[] => {
    if (!Object.hasOwn(shape.fields, name)) {
      return [{ path: join(path, name), problem: 'unknown', expected: 'no such field' }];
    }
    return violations(shape.fields[name] ?? 'any', element, join(path, name));
  });
  return [...missing, ...present];
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

import type { Service } from './service.js';

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly example?: unknown;
}

export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly access: 'public' | 'admin' | 'workspace';
  readonly pathIds: readonly string[];
  readonly query: readonly Field[];
  /** Null when it takes no body. */
  readonly body: readonly Field[] | null;
  readonly examples: readonly unknown[];
  /** Error codes by status, as documented. */
  readonly problems: Readonly<Record<string, readonly string[]>>;
}

interface Documented {
  readonly parameters?: readonly (Field & { readonly in: string })[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
}

interface Content {
  readonly schema: { readonly $ref: string };
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Documentation {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: {
    readonly schemas: Readonly<
      Record<
        string,
        {
          readonly properties?: Readonly<Record<string, Schema>>;
          readonly required?: readonly string[];
        }
      >
    >;
  };
}

/** Every operation of the running service, as its own API document lists them. */
export async function operationsOf(service: Service): Promise<Operation[]> {
  const { body } = await service.call('GET', '/docs/openapi.json', { key: null });
  const documentation: Documentation = body;
  return Object.entries(documentation.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, documented]) =>
      operationOf(documentation, method.toUpperCase(), path, documented),
    ),
  );
}

function operationOf(
  documentation: Documentation,
  method: string,
  path: string,
  documented: Documented,
): Operation {
  const parameters = documented.parameters ?? [];
  return {
    method,
    path,
    access: accessOf(documented),
    pathIds: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
    query: parameters.filter((parameter) => parameter.in === 'query'),
    body: bodyOf(documentation, documented),
    examples: examplesOf(documented).map(({ value }) => value),
    problems: problemsOf(documented),
  };
}

function accessOf({ security }: Documented): Operation['access'] {
  if (security === undefined) return 'public';
  return security.some((scheme) => 'workspace_key' in scheme) ? 'workspace' : 'admin';
}

function bodyOf({ components }: Documentation, { requestBody }: Documented): Field[] | null {
  const name = requestBody?.content['application/json']?.schema.$ref.split('/').at(-1);
  if (name === undefined) return null;
  const { properties = {}, required = [] } = components.schemas[name] ?? {};
  return Object.entries(properties).map(([field, schema]) => ({
    name: field,
    required: required.includes(field),
    schema,
  }));
}

function examplesOf({ requestBody }: Documented): { readonly value: unknown }[] {
  return Object.values(requestBody?.content['application/json']?.examples ?? {});
}

function problemsOf({ responses }: Documented): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, { content }]) => [
      status,
      Object.keys(content?.['application/problem+json']?.examples ?? {}),
    ]),
  );
}

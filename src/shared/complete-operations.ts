import type { OpenAPIObject } from '@nestjs/swagger';
import { ACCESS_NOTE, EXAMPLES_NOTE, PROBLEMS_NOTE } from './api-operation.js';
import { grouped } from './grouped.js';
import { NoFields } from './no-fields.dto.js';
import { problemDocument } from './problem.js';
import { PROBLEM_CODES, type ProblemCode } from './problem-codes.js';
import { record } from './record.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Parameters = NonNullable<Operation['parameters']>;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Says of every operation what follows from its path, its key and its body, so that no controller repeats it. */
export function completeOperations(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) complete(path, operation);
    }
  return document;
}

function complete(path: string, operation: Operation): void {
  const access = note(operation, ACCESS_NOTE);
  dropEmptyBody(operation);
  describeIds(path, operation);
  if (access === undefined && !path.includes('{')) offerWorkspace(operation);
  describeBody(operation);
  describeProblems(operation, [...codesOf(operation), ...impliedCodes(path, operation)]);
  const keys = access === 'admin' ? ['admin_key'] : ['workspace_key', 'admin_key'];
  if (access === 'public') delete operation.security;
  else operation.security = keys.map((key) => ({ [key]: [] }));
  for (const name of [PROBLEMS_NOTE, EXAMPLES_NOTE, ACCESS_NOTE]) Reflect.deleteProperty(operation, name);
}

/** A body without fields is checked, and nothing to tell of. */
function dropEmptyBody(operation: Operation): void {
  const body = operation.requestBody;
  if (body === undefined || !('content' in body)) return;
  const schema = body.content['application/json']?.schema;
  if (schema !== undefined && '$ref' in schema && schema.$ref.endsWith(`/${NoFields.name}`))
    delete operation.requestBody;
}

/** `/connections/{id}` holds the id of a connection, `{key_id}` that of a key. */
function describeIds(path: string, operation: Operation): void {
  for (const parameter of parametersOf(operation)) {
    if (!('in' in parameter) || parameter.in !== 'path') continue;
    const before = path.slice(0, path.indexOf(`/{${parameter.name}}`));
    const thing = before.slice(before.lastIndexOf('/') + 1).replace(/s$/, '');
    parameter.description ??= `Id of the ${thing.replace('-', ' ')}.`;
    parameter.schema = { type: 'string', format: 'uuid' };
  }
}

function offerWorkspace(operation: Operation): void {
  const parameters = parametersOf(operation);
  if (parameters.some((parameter) => 'name' in parameter && parameter.name === 'workspace_id')) return;
  operation.parameters = [
    ...parameters,
    {
      name: 'workspace_id',
      in: 'query',
      required: false,
      description: 'With the admin key: the workspace that is meant.',
      schema: { type: 'string', format: 'uuid' },
    },
  ];
}

function describeBody(operation: Operation): void {
  const bodies = note(operation, EXAMPLES_NOTE);
  const body = operation.requestBody;
  if (typeof bodies !== 'object' || bodies === null || body === undefined || !('content' in body)) return;
  const json = body.content['application/json'];
  if (json === undefined) return;
  json.examples = Object.fromEntries(
    Object.entries(bodies).map(([summary, value]: [string, unknown]) => [
      summary.replaceAll(' ', '_'),
      { summary, value },
    ]),
  );
}

function codesOf(operation: Operation): ProblemCode[] {
  const noted = note(operation, PROBLEMS_NOTE);
  return Array.isArray(noted) ? noted.filter(isProblemCode) : [];
}

function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && code in PROBLEM_CODES;
}

function impliedCodes(path: string, operation: Operation): ProblemCode[] {
  const access = note(operation, ACCESS_NOTE);
  const takesInput = operation.requestBody !== undefined || parametersOf(operation).length > 0;
  return [
    ...(takesInput ? (['validation_failed'] as const) : []),
    ...(access === 'public' ? [] : (['unauthenticated'] as const)),
    ...(access === 'admin' ? (['forbidden'] as const) : []),
    ...(path.includes('{') ? (['not_found'] as const) : []),
    ...(operation.requestBody === undefined
      ? []
      : (['payload_too_large', 'unsupported_media_type'] as const)),
    ...(access === 'public' ? [] : (['rate_limited', 'service_unavailable'] as const)),
    'internal_error',
  ];
}

function describeProblems(operation: Operation, codes: readonly ProblemCode[]): void {
  const byStatus = grouped([...new Set(codes)], (code) => PROBLEM_CODES[code].status);
  for (const [status, those] of [...byStatus].toSorted(([a], [b]) => a - b))
    operation.responses[String(status)] = {
      description: those.map((code) => `\`${code}\``).join(', '),
      ...(status === 429 || status === 503 ? { headers: RETRY_AFTER } : {}),
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/ProblemDto' },
          examples: Object.fromEntries(those.map((code) => [code, { value: exampleOf(code) }])),
        },
      },
    };
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait before the next attempt.', schema: { type: 'integer' } },
} as const;

function exampleOf(code: ProblemCode): object {
  return problemDocument({ code, ...PROBLEM_CODES[code] }, '7f5d2c9a-90f1-4a43-9f0e-2d5b1f6a8c33');
}

function parametersOf(operation: Operation): Parameters {
  return operation.parameters ?? [];
}

function note(operation: Operation, name: string): unknown {
  return record(operation)[name];
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROBLEM_CODES } from '../../src/shared/problem-codes.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { operationsOf, type Operation } from '../support/operations.js';
import { UNKNOWN_ID } from '../support/sample-body.js';
import { startService, type Answer, type Service } from '../support/service.js';

/** The contract's table of errors. */
const CONTRACT: Readonly<Record<string, number>> = {
  validation_failed: 400,
  unauthenticated: 401,
  calendar_reauth_required: 401,
  forbidden: 403,
  calendar_permission_denied: 403,
  not_found: 404,
  slot_unavailable: 409,
  calendar_gone: 409,
  account_mismatch: 409,
  idempotency_in_progress: 409,
  conflict: 409,
  rules_violation: 422,
  idempotency_key_reused: 422,
  rate_limited: 429,
  provider_unavailable: 503,
  calendar_unverifiable: 503,
  internal_error: 500,
};

let database: TestDatabase;
let service: Service;
let document: Answer['body'];
let operations: Operation[];

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService({
    databaseUrl: database.url,
    google: { url: 'http://127.0.0.1:9' },
    env: { ALLOWED_RETURN_URLS: 'https://app.example.com/connected' },
  });
  document = (await service.call('GET', '/docs/openapi.json', { key: null })).body;
  operations = await operationsOf(service);
});

afterAll(async () => {
  await service?.stop();
  await database?.drop();
});

interface Described {
  readonly name?: string;
  readonly description?: string;
  readonly summary?: string;
  readonly parameters?: readonly Described[];
  readonly responses: Readonly<Record<string, { description: string; content?: Record<string, unknown> }>>;
}

const documented = ({ method, path }: Operation): Described => document.paths[path][method.toLowerCase()];
/** What is no JSON. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  '/metrics': 'text/plain',
  '/api/oauth/google/reauthorize': 'text/html',
};

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

describe('every operation', () => {
  it('has a summary of its own, and describes each parameter', () => {
    const summaries = operations.map((operation) => documented(operation).summary);
    expect(summaries.filter((summary) => summary === undefined || summary === '')).toEqual([]);
    expect(new Set(summaries).size).toBe(summaries.length);
    for (const operation of operations)
      for (const { name, description } of documented(operation).parameters ?? [])
        expect(`${nameOf(operation)} ${name}: ${description ?? ''}`).toMatch(/: \S/);
  });

  it('shows what it answers with, unless there is nothing to say', () => {
    for (const operation of operations) {
      const { responses } = documented(operation);
      const successes = Object.keys(responses).filter((status) => Number(status) < 400);
      expect(successes).not.toEqual([]);
      for (const status of successes.filter((each) => each.startsWith('2') && each !== '204'))
        expect([nameOf(operation), Object.keys(responses[status]?.content ?? {})]).toEqual([
          nameOf(operation),
          [OTHER_TYPES[operation.path] ?? 'application/json'],
        ]);
    }
  });

  it('documents the refusals that its key, its ids and its input bring with them', () => {
    for (const operation of operations) {
      const { problems, access, pathIds, query, body } = operation;
      const session = operation.path === '/api/admin/session' ? operation.method : null;
      const takesInput = session !== null || pathIds.length + query.length > 0 || body !== null;
      const expected = {
        400: takesInput,
        401: access !== 'public' || session === 'POST',
        404: pathIds.length > 0,
        413: body !== null,
        415: body !== null,
        500: true,
      };
      for (const [status, isExpected] of Object.entries(expected))
        expect([nameOf(operation), status, status in problems]).toEqual([
          nameOf(operation),
          status,
          isExpected,
        ]);
      expect(problems[403]?.includes('forbidden') ?? false).toBe(access === 'admin');
      if (access !== 'public') expect(problems[503]).toContain('service_unavailable');
    }
  });

  it('shows how to call it, with bodies that the service understands', async () => {
    for (const operation of operations.filter(({ body }) => body !== null)) {
      expect([nameOf(operation), operation.examples.length > 0]).toEqual([nameOf(operation), true]);
      const path = operation.path.replaceAll(/\{\w+\}/g, UNKNOWN_ID);
      for (const body of operation.examples) {
        const answer = await service.call(operation.method, path, { body });
        const errors: { field: string; message: string }[] = answer.body.errors ?? [];
        // Ids of examples belong to nothing; everything else must be right.
        expect(
          errors.filter(({ message }) => !message.startsWith('no such') && !/admin key/.test(message)),
        ).toEqual([]);
      }
    }
  });
});

describe('errors', () => {
  it('of the contract are all in the document, each with its status and an example', () => {
    const schema = document.components.schemas.ProblemDto;
    expect(schema.properties.code.enum).toEqual(expect.arrayContaining(Object.keys(CONTRACT)));
    expect(
      Object.fromEntries(Object.entries(PROBLEM_CODES).map(([code, { status }]) => [code, status])),
    ).toEqual(expect.objectContaining(CONTRACT));
    expect(schema.required.toSorted()).toEqual(['code', 'detail', 'request_id', 'status', 'title', 'type']);
    for (const operation of operations)
      for (const [status, codes] of Object.entries(operation.problems)) {
        const { examples, schema: ref } = (documented(operation).responses[status]?.content?.[
          'application/problem+json'
        ] as
          | { examples: Record<string, { value: Record<string, unknown> }>; schema: { $ref: string } }
          | undefined) ?? {
          examples: {},
          schema: { $ref: '' },
        };
        for (const code of codes) {
          expect(ref.$ref).toBe('#/components/schemas/ProblemDto');
          const { value } = examples[code] ?? { value: {} };
          expect(value).toMatchObject({ code, status: Number(status) });
          expect(Object.keys(value).filter((member) => !(member in schema.properties))).toEqual([]);
        }
      }
  });

  it('that an operation can answer are with the operation', () => {
    const codes = (path: string): string[] =>
      operations
        .filter((each) => each.path.endsWith(path))
        .flatMap(({ problems }) => Object.values(problems).flat());
    expect(codes('/book-appointment')).toEqual(
      expect.arrayContaining([
        'calendar_reauth_required',
        'calendar_permission_denied',
        'slot_unavailable',
        'calendar_gone',
        'rules_violation',
        'calendar_unverifiable',
      ]),
    );
    expect(codes('/check-availability')).toContain('provider_unavailable');
    expect(codes('/callback')).toContain('account_mismatch');
  });
});

describe('the page at /docs', () => {
  it('is HTML whose scripts and styles come from this service alone', async () => {
    for (const path of ['/docs', '/docs/']) {
      const page = await service.call('GET', path, { key: null });
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      const assets = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
      expect(assets.length).toBeGreaterThanOrEqual(4);
      for (const asset of assets) {
        const url = new URL(asset, service.url + path);
        expect(url.origin).toBe(service.url);
        expect([asset, (await fetch(url)).status]).toEqual([asset, 200]);
      }
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startService, type Service } from '../support/service.js';

describe('the API document', () => {
  let database: TestDatabase;
  let service: Service;

  beforeAll(async () => {
    database = await createTestDatabase();
    service = await startService({ databaseUrl: database.url, google: { url: 'http://127.0.0.1:9' } });
  });

  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  });

  it('is kept in docs/openapi.json as the service serves it (npm run openapi writes it)', async () => {
    const file = new URL('../../docs/openapi.json', import.meta.url);
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const served = await service.call('GET', '/docs/openapi.json', { key: null });
    expect(served.status).toBe(200);
    expect(kept).toEqual(served.body);
  });

  it('asks for a key everywhere but where Google, browsers and probes come, and where one signs in', async () => {
    const { body } = await service.call('GET', '/docs/openapi.json', { key: null });
    const paths = Object.entries<Record<string, object>>(body.paths);
    const open = paths.flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) =>
        'security' in operation ? [] : [`${method.toUpperCase()} ${path}`],
      ),
    );
    expect(open.sort()).toEqual([
      'DELETE /api/admin/session',
      'GET /api/health/live',
      'GET /api/health/ready',
      'GET /api/oauth/google/callback',
      'GET /api/oauth/google/reauthorize',
      'GET /api/oauth/google/reauthorize/consent',
      'POST /api/admin/session',
    ]);
  });
});

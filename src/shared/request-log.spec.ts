import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { fastify, type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { get } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { aFailure } from '../../test/support/a-failure.js';
import { AppError, ServiceUnavailable, ValidationFailed } from './app-error.js';
import { AppErrorFilter } from './app-error.filter.js';
import { RecordingLog } from './log.js';
import { logRequests } from './request-log.js';

const UNTOLD = { class: null, failure_code: null, upstream_status: null, attempts: null };

let log: RecordingLog;
let app: FastifyInstance;
let work: () => Promise<unknown>;

beforeEach(() => {
  log = new RecordingLog();
  app = fastify();
  logRequests(app, log);
  const filter = new AppErrorFilter();
  const answer = filter.catch.bind(filter);
  app.setErrorHandler((error, request, reply) => {
    answer(error, new ExecutionContextHost([request, reply]));
  });
  app.get('/bookings/:id', () => work());
});

afterEach(() => app.close());

const listening = (): Promise<string> => app.listen({ port: 0, host: '127.0.0.1' });

/** The log is complete when it resolves. */
async function ask(throwing?: unknown): Promise<{ status: number; body: unknown }> {
  work = async () => {
    if (throwing !== undefined) throw throwing;
    return {};
  };
  const answer = await fetch(`${await listening()}/bookings/1`);
  const body: unknown = await answer.json();
  await app.close();
  return { status: answer.status, body };
}

describe('the line of a request', () => {
  it('says how it was served', async () => {
    await ask();
    expect(log.lines).toMatchObject([{ level: 'info', event: 'request.served', fields: { status: 200 } }]);
    expect(log.lines[0]?.fields).not.toHaveProperty('attempts');
  });

  it('of a refusal says that no provider had part in it', async () => {
    await ask(ValidationFailed.of('title', 'expected text'));
    const fields = { route: '/bookings/:id', status: 400, code: 'validation_failed', ...UNTOLD };
    expect(log.lines).toMatchObject([{ level: 'info', event: 'request.refused', fields }]);
  });

  it('of a failure of the provider says which, and after how many calls', async () => {
    await ask(new ServiceUnavailable('Later.').dueTo(aFailure({ attempts: 3 })).noting({ hold_id: 'h' }));
    const fields = {
      code: 'service_unavailable',
      class: 'connection_error',
      failure_code: 'http_503',
      upstream_status: 503,
      attempts: 3,
      hold_id: 'h',
    };
    expect(log.lines).toMatchObject([{ level: 'warn', event: 'request.failed', fields }]);
  });

  it.each([
    ['an error', new TypeError('a secret\n    second line'), 'TypeError'],
    ['something that is no error', 'a secret', 'string'],
  ])('of a bug is an error with its place, never its words: %s', async (_what, thrown, error) => {
    expect(await ask(thrown)).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(log.lines).toMatchObject([
      { level: 'error', event: 'request.bug', fields: { status: 500, error } },
    ]);
    expect(JSON.stringify(log.lines)).not.toMatch(/secret|second line/);
    if (thrown instanceof Error) expect(log.lines[0]?.fields['stack']).toMatch(/^at .*request-log\.spec/);
  });

  it('is written once also when the caller has gone before the answer', async () => {
    const gone = new Promise<void>((resolve) => {
      app.addHook('onRequestAbort', (_request, done) => {
        resolve();
        done();
      });
    });
    work = async () => {
      asked.destroy();
      await gone;
      throw new TypeError('a bug');
    };
    const asked = get(`${await listening()}/bookings/1`);
    await once(asked, 'error');
    while (log.lines.length === 0) await nextTurn();
    const fields = { caller_gone: true, error: 'TypeError' };
    expect(log.lines).toMatchObject([{ level: 'error', event: 'request.bug', fields }]);
  });
});

describe('an error of ours', () => {
  it('keeps what was noted when its cause is told, and the other way round', () => {
    class Refused extends AppError {
      readonly kind = 'conflict';
      readonly code = 'conflict';
    }
    const facts = { connection_id: 'c', class: 'connection_error', attempts: 1 };
    expect(new Refused('No.').noting({ connection_id: 'c' }).dueTo(aFailure()).facts).toMatchObject(facts);
    expect(new Refused('No.').dueTo(aFailure()).noting({ connection_id: 'c' }).facts).toMatchObject(facts);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { DemoClient, Unexpected } from './demo-client.js';

const ANSWERS: Readonly<Record<string, { status: number; type: string; body: string }>> = {
  '/good': { status: 200, type: 'application/json', body: '{"name":"Acme","count":2}' },
  '/made': { status: 201, type: 'application/json', body: '{"id":"1","api_key":"key-of-acme"}' },
  '/refused': { status: 422, type: 'application/problem+json', body: '{"code":"rules_violation"}' },
  '/page': { status: 200, type: 'text/html', body: '<h1>Hello</h1>' },
};

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

let server: Listening;
let authorization: string | undefined;

beforeAll(async () => {
  server = await listening(
    createServer((request, response) => {
      ({ authorization } = request.headers);
      const { status, type, body } = ANSWERS[request.url ?? ''] ?? {
        status: 404,
        type: 'text/plain',
        body: '',
      };
      response.writeHead(status, { 'Content-Type': type }).end(body);
    }),
  );
});

afterAll(() => server.close());

async function listening(http: Server): Promise<Listening> {
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async (): Promise<void> => {
    http.closeAllConnections();
    await once(http.close(), 'close');
  };
  return { url: `http://127.0.0.1:${address.port}`, close };
}

async function failureOf(call: Promise<unknown>): Promise<Unexpected> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Unexpected) return error;
  throw new Error(`expected a failure that explains itself, got ${String(error)}`);
}

describe('DemoClient', () => {
  it('gives on the body of an answer with the status that was expected', async () => {
    const { body } = await new DemoClient(server.url, 'secret-key').get<{ name: string }>('/good');
    expect(body.name).toBe('Acme');
    expect(authorization).toBe('Bearer secret-key');
  });

  it('says what it asked, what it expected and what came when the status is another', async () => {
    const { expected, got } = await failureOf(new DemoClient(server.url).post('/refused', {}, 201));
    expect(expected).toBe('POST /refused to answer 201');
    expect(got).toBe('422 {"code":"rules_violation"}');
  });

  it('does not take a page for an answer', async () => {
    const { expected, got } = await failureOf(new DemoClient(server.url).get('/page'));
    expect(expected).toBe('GET /page to answer in JSON');
    expect(got).toBe('200 <h1>Hello</h1>');
  });

  it('hides keys in what it shows of an answer', async () => {
    const { got } = await failureOf(new DemoClient(server.url).post('/made', {}, 200));
    expect(got).toBe('201 {"id":"1","api_key":"[hidden]"}');
  });

  it('names the part of the body that is not as expected', async () => {
    const answer = await new DemoClient(server.url).get<{ count: number }>('/good');
    answer.check('count', answer.body.count, 2);
    expect(() => answer.check('count', answer.body.count, 3)).toThrow(
      new Unexpected('count to be 3', '2 in 200 {"name":"Acme","count":2}'),
    );
  });

  it('tells why there was no answer at all', async () => {
    const gone = await listening(createServer());
    await gone.close();
    const { got } = await failureOf(new DemoClient(gone.url).get('/good'));
    expect(got).toMatch(/^no answer: .*ECONNREFUSED/);
  });
});

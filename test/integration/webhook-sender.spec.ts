import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { SystemClock } from '../../src/shared/clock.js';
import { HttpsWebhookSender, type SenderOptions } from '../../src/webhooks/sender/https-webhook-sender.js';
import { newSigningSecret } from '../../src/webhooks/sender/standard-webhooks.js';
import { freePort } from '../support/service.js';
import { CERTIFICATE, startReceiver, verified, type Receiver } from '../support/receiver.js';

const SECRET = newSigningSecret();
const MESSAGE = { id: '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10', body: '{"type":"calendar.failing"}' };
const NEVER = new AbortController().signal;
const QUICK_MS = 300;

const senderWith = (options: Partial<SenderOptions> = {}): HttpsWebhookSender =>
  new HttpsWebhookSender(new SystemClock(), { allowPrivate: true, limitMs: QUICK_MS, ...options });
const send = (url: string, options?: Partial<SenderOptions>) =>
  senderWith(options).send(url, MESSAGE, [SECRET], NEVER);

let receiver: Receiver;
let elsewhere: Receiver;
let secure: Receiver;

beforeAll(async () => {
  [receiver, elsewhere, secure] = await Promise.all([
    startReceiver(),
    startReceiver(),
    startReceiver({ tls: true }),
  ]);
});

beforeEach(() => {
  for (const one of [receiver, elsewhere, secure]) {
    one.received.length = 0;
    one.answer(204);
  }
});

afterAll(async () => {
  await Promise.all([receiver, elsewhere, secure].map((one) => one.close()));
});

describe('a webhook that is sent', () => {
  it('is one signed POST, which the reference library of the scheme verifies', async () => {
    const attempt = await send(`${receiver.url}/hooks?tenant=1`);
    expect(attempt).toEqual({
      failure: null,
      responseStatus: 204,
      retryAfterMs: null,
      durationMs: expect.any(Number),
    });
    expect(receiver.received).toHaveLength(1);
    const [request] = receiver.received;
    if (request === undefined) throw new Error('Nothing came.');
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hooks?tenant=1',
      body: MESSAGE.body,
      headers: { 'content-type': 'application/json', 'webhook-id': MESSAGE.id, connection: 'close' },
    });
    expect(verified(SECRET.reveal(), request)).toEqual({ type: 'calendar.failing' });
  });

  it.each([200, 201, 202, 204, 299])('is taken when the answer is %i', async (status) => {
    receiver.answer(status);
    expect(await send(receiver.url)).toMatchObject({ failure: null, responseStatus: status });
  });

  it.each([300, 304, 400, 401, 404, 410, 418, 429, 500, 503])('is not when it is %i', async (status) => {
    receiver.answer(status);
    expect(await send(receiver.url)).toMatchObject({ failure: 'answer', responseStatus: status });
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i to another address', async (status) => {
    receiver.answer((response) => void response.writeHead(status, { location: elsewhere.url }).end());
    expect(await send(receiver.url)).toMatchObject({ failure: 'answer', responseStatus: status });
    expect(elsewhere.received).toEqual([]);
  });

  it.each<[string, number | null]>([
    ['120', 120_000],
    ['0', 0],
    ['Wed, 10 Mar 2027 14:00:00 GMT', null],
    ['-5', null],
    ['soon', null],
  ])('hears that the receiver wants a pause: %s', async (text, pause) => {
    receiver.answer((response) => void response.writeHead(503, { 'retry-after': text }).end());
    expect((await send(receiver.url)).retryAfterMs).toBe(pause);
  });
});

describe('a receiver', () => {
  it.each<[string, Parameters<Receiver['answer']>[0]]>([
    ['never answers', () => undefined],
    ['never ends its answer', (response) => void response.writeHead(200).write('...')],
    [
      'sends a byte now and then',
      (response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write('.'), 50);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('that %s is cut off at the limit', async (_, answering) => {
    receiver.answer(answering);
    expect(await send(receiver.url)).toMatchObject({ failure: 'timeout', responseStatus: null });
  });

  it('is cut off when the attempt is', async () => {
    receiver.answer(() => undefined);
    const stop = new AbortController();
    const attempt = senderWith({ limitMs: 60_000 }).send(receiver.url, MESSAGE, [SECRET], stop.signal);
    stop.abort();
    expect(await attempt).toMatchObject({ responseStatus: null });
  });

  it('that sends without end is believed its status, and read no further', async () => {
    let sent = 0;
    receiver.answer((response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && sent < 50_000_000) {
          sent += 16_384;
          if (!response.write(Buffer.alloc(16_384))) return void response.once('drain', pour);
        }
      };
      pour();
    });
    expect(await send(receiver.url, { limitMs: 5000 })).toMatchObject({ failure: null, responseStatus: 200 });
    expect(sent).toBeLessThan(10_000_000);
  });

  it('that breaks off fails the attempt, before its answer or in it', async () => {
    receiver.answer((response) => response.destroy());
    expect(await send(receiver.url)).toMatchObject({ failure: 'connection_failed', responseStatus: null });
    receiver.answer((response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('...');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await send(receiver.url)).toMatchObject({ failure: 'connection_failed' });
  });

  it('that does not listen fails the attempt', async () => {
    const attempt = await send(`http://127.0.0.1:${await freePort()}`);
    expect(attempt).toMatchObject({ failure: 'connection_failed', responseStatus: null });
  });

  it.each([
    ['speaks no HTTP', 'SSH-2.0-OpenSSH\r\n', 'malformed_answer'],
    [
      'wants another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
      null,
    ],
    ['sends headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`, 'malformed_answer'],
  ])('that %s fails the attempt', async (_, text, failure) => {
    const server = await rawServer((socket) => socket.end(text));
    const attempt = await send(`http://127.0.0.1:${portOf(server)}`);
    expect(attempt.failure).not.toBeNull();
    if (failure !== null) expect(attempt.failure).toBe(failure);
    server.close();
  });
});

describe('a webhook over TLS', () => {
  const resolve = async (): Promise<string[]> => ['127.0.0.1'];
  const url = (): string => `https://hooks.example.com:${secure.port}/`;

  it('goes to who has the certificate of the name', async () => {
    const attempt = await send(url(), { resolve, ca: CERTIFICATE, limitMs: 5000 });
    expect(attempt).toMatchObject({ failure: null, responseStatus: 204 });
    expect(secure.received[0]?.headers['host']).toBe(`hooks.example.com:${secure.port}`);
  });

  it.each<[string, () => string, Partial<SenderOptions>]>([
    ['signed it itself', url, { resolve }],
    ['has that of another name', () => url().replace('hooks', 'other'), { resolve, ca: CERTIFICATE }],
    ['speaks none', () => `https://127.0.0.1:${receiver.port}/`, {}],
  ])('goes nowhere when the other side %s', async (_, target, options) => {
    const attempt = await send(target(), { ...options, limitMs: 5000 });
    expect(attempt).toMatchObject({ failure: 'tls_failed', responseStatus: null });
    expect(secure.received).toEqual([]);
  });
});

/** F70: where a webhook may not go. The receivers stand for what listens inside. */
const INSIDE = (port: number): string[] => [
  `http://127.0.0.1:${port}/`,
  `https://127.0.0.1:${port}/`,
  `https://localhost:${port}/`,
  `https://localhost.:${port}/`,
  `https://0x7f000001:${port}/`,
  `https://2130706433:${port}/`,
  `https://127.1:${port}/`,
  `https://0.0.0.0:${port}/`,
  `https://[::1]:${port}/`,
  `https://[::ffff:127.0.0.1]:${port}/`,
  `https://[::ffff:169.254.169.254]/`,
  'https://169.254.169.254/latest/meta-data/',
  'http://169.254.169.254/latest/meta-data/',
  'https://10.0.0.1/',
  'https://100.64.0.1/',
  'https://[fd00::1]/',
  'https://[64:ff9b::7f00:1]/',
  `https://user:password@hooks.example.com:${port}/`,
  'file:///etc/passwd',
  `gopher://127.0.0.1:${port}/_POST`,
];

describe('a webhook to the inside (F70)', () => {
  const strict = { allowPrivate: false };

  it.each(INSIDE(443))('is refused when it is saved: %s', async (url) => {
    expect(await senderWith(strict).refusalOf(url)).toMatch(/^the address must /);
  });

  it('is refused at every attempt, and no connection is opened', async () => {
    const before = receiver.connections() + secure.connections();
    for (const url of [...INSIDE(receiver.port), ...INSIDE(secure.port)])
      expect(await send(url, strict)).toMatchObject({ failure: 'forbidden_address', responseStatus: null });
    expect(receiver.connections() + secure.connections()).toBe(before);
  });

  it('is refused when a name leads there, also as one of several', async () => {
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1']]) {
      const options = { ...strict, resolve: async () => addresses };
      const url = `https://hooks.example.com:${secure.port}/`;
      expect(await senderWith(options).refusalOf(url)).toBe('the address must lead to the public internet');
      expect(await send(url, options)).toMatchObject({ failure: 'forbidden_address' });
    }
    expect(secure.received).toEqual([]);
  });

  it('is refused when its name led elsewhere as it was saved', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const options = { ...strict, resolve: async () => answers.shift() ?? [] };
    const url = `https://hooks.example.com:${secure.port}/`;
    expect(await senderWith(options).refusalOf(url)).toBeNull();
    expect(await send(url, options)).toMatchObject({ failure: 'forbidden_address' });
  });

  it('cannot be smuggled in between the check and the connection: the name is looked up once', async () => {
    const asked: string[] = [];
    const resolve = async (name: string): Promise<string[]> => {
      asked.push(name);
      return asked.length === 1 ? ['127.0.0.1'] : ['127.0.0.2'];
    };
    const url = `https://hooks.example.com:${secure.port}/`;
    expect(await send(url, { resolve, ca: CERTIFICATE, limitMs: 5000 })).toMatchObject({ failure: null });
    expect(asked).toEqual(['hooks.example.com']);
  });

  it('is not reached by a redirect from outside', async () => {
    receiver.answer((response) => void response.writeHead(307, { location: secure.url }).end());
    const before = secure.connections();
    expect(await send(receiver.url)).toMatchObject({ failure: 'answer', responseStatus: 307 });
    expect(secure.connections()).toBe(before);
  });
});

describe('a name', () => {
  it('that cannot be looked up now is no reason to refuse the address, and fails the attempt', async () => {
    const failing = (code: string) => async (): Promise<never> => {
      throw Object.assign(new Error(code), { code });
    };
    for (const [code, failure] of [
      ['ENOTFOUND', 'name_not_found'],
      ['ENODATA', 'name_not_found'],
      ['ETIMEOUT', 'timeout'],
      ['ESERVFAIL', 'connection_failed'],
    ] as const) {
      const options = { allowPrivate: false, resolve: failing(code) };
      expect(await senderWith(options).refusalOf('https://hooks.example.com/')).toBeNull();
      expect(await send('https://hooks.example.com/', options)).toMatchObject({ failure });
    }
  });

  it('that nobody answers for is waited for no longer than the whole attempt may take', async () => {
    const resolve = (): Promise<string[]> => new Promise(() => undefined);
    expect(await send('https://hooks.example.com/', { resolve })).toMatchObject({ failure: 'timeout' });
  });
});

async function rawServer(onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

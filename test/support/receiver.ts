import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';

const file = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** Of `hooks.example.com`, signed by itself. */
export const CERTIFICATE = file('certificate.pem');

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answering = (response: ServerResponse, request: IncomingMessage) => void;

/** Somebody who is told of events: keeps what comes in, and answers as the test says. */
export interface Receiver {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** Connections that were opened, whether or not a request came over them. */
  connections(): number;
  /** From now on; 204 until something else is said. */
  answer(answering: Answering | number): void;
  close(): Promise<void>;
}

export async function startReceiver({ tls = false } = {}): Promise<Receiver> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let answering: Answering = (response) => void response.writeHead(204).end();
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { method = '', url = '', headers } = request;
    received.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
    answering(response, request);
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    listener(request, response).catch(() => response.destroy());
  };
  const server = tls
    ? createTlsServer({ key: file('key.pem'), cert: CERTIFICATE }, handle)
    : createServer(handle);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    connections: () => connections,
    answer: (next) => {
      answering = typeof next === 'number' ? (response) => void response.writeHead(next).end() : next;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What the reference library of the scheme makes of a request: its payload. Throws when the signature is not right. */
export function verified(secret: string, { headers, body }: Received): Record<string, unknown> {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return new Webhook(secret).verify(body, Object.fromEntries(texts)) as Record<string, unknown>;
}

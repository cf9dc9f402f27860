import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SystemClock, type Clock } from '../shared/clock.js';
import { answerControl, isControl } from './control/control-api.js';
import { Timers } from './faults/timers.js';
import { serveGoogle } from './google-calls.js';
import { jsonReply, type Reply, type Request } from './messages.js';
import { seedDemo } from './seed.js';
import { SandboxState } from './state.js';
import { StateFile } from './state-file.js';

export { SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } from './state/clients.js';

export interface GoogleServerOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly clock?: Clock;
  /** Where accounts, grants, tokens, calendars and events are kept over restarts. */
  readonly statePath?: string;
  /** `demo`: two people with calendars and meetings on the coming weekdays. */
  readonly seed?: 'demo' | 'none';
}

export interface GoogleServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly state: SandboxState;
  /** Calls that are neither answered in full nor given up by closing their socket. */
  openCalls(): number;
  /** Cuts open calls, drops commits that are still to come, and saves. */
  close(): Promise<void>;
}

const BODY_LIMIT = 1_048_576;

/** Starts a stand-in for Google's OAuth and Calendar v3 endpoints, with a control API under `/sandbox`. */
export async function startGoogleServer(options: GoogleServerOptions = {}): Promise<GoogleServer> {
  const { port = 0, host = '127.0.0.1', clock = new SystemClock(), statePath, seed = 'none' } = options;
  const state = new SandboxState(clock);
  const file = statePath === undefined ? undefined : new StateFile(statePath, state);
  await file?.load();
  if (seed === 'demo') seedDemo(state);
  if (file) state.changed = file.saveSoon;
  const timers = new Timers();
  const server = createServer();
  // Longer than any client keeps an idle socket, so that only faults cut connections.
  server.keepAliveTimeout = 90_000;
  const url = await listen(server, port, host);
  let openCalls = 0;
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    openCalls += 1;
    response.on('close', () => (openCalls -= 1));
    handle(incoming, response, { state, timers, url }).catch((error: unknown) => fail(response, error));
  });
  return {
    url,
    state,
    openCalls: () => openCalls,
    close: async () => {
      timers.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await file?.flush();
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

interface Serving {
  readonly state: SandboxState;
  readonly timers: Timers;
  readonly url: string;
}

async function handle(incoming: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const request = await readRequest(incoming, serving.url);
  if (request === 'too large') return send(response, jsonReply(413, { error: 'The body is too large.' }));
  if (isControl(request)) return send(response, answerControl(request, serving.state, serving.url));
  await serveGoogle(request, response, serving);
}

async function readRequest(incoming: IncomingMessage, origin: string): Promise<Request | 'too large'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  if (size > BODY_LIMIT) return 'too large';
  const { method = 'GET', url = '/', headers } = incoming;
  const { pathname, searchParams } = new URL(url.replace(/^\/+/, '/'), origin);
  return { method, path: pathname, query: searchParams, headers, body: Buffer.concat(chunks).toString() };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers });
  response.end(body);
}

/** A bug of the stand-in is told as such, so that nobody takes it for an answer of Google. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) response.socket?.destroy();
  else send(response, jsonReply(500, { error: `The stand-in for Google failed: ${String(error)}` }));
}

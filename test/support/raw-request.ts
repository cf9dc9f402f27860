import { request, type Agent } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawCall {
  readonly method: string;
  /** As it goes on the wire: nothing is encoded or checked. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | undefined;
  readonly agent?: Agent;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One request as it is, also where `fetch` would mend or refuse it. */
export function rawRequest(url: string, call: RawCall): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const { method, path, headers = {}, body, agent } = call;
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, agent, headers: { ...lengthOf(body), ...headers } });
    let answered = false;
    sent.on('response', (answer) => {
      answered = true;
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    // A body that is too large is answered while it is still being sent, and then the connection is closed.
    sent.on('error', (error) => (answered ? undefined : reject(error)));
    sent.end(body);
  });
}

function lengthOf(body: Buffer | string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
}

/** What comes back for bytes that no client would send. */
export function rawBytes(url: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** Stands between the service and Postgres. */
export interface CuttingProxy {
  readonly url: string;
  /** The next statement with `text` takes effect, but its connection breaks before the answer arrives. */
  cutAfter(text: string): void;
  /** How many connections were cut so far. */
  cuts(): number;
  close(): Promise<void>;
}

const READY = 'Z'.charCodeAt(0);

export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let wanted: string | null = null;
  let cuts = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let isCut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (wanted !== null && chunk.includes(wanted)) {
        wanted = null;
        isCut = true;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!isCut) return client.write(chunk);
      // The server is ready for more: what was asked is done and committed.
      if (!isReadyForQuery(chunk)) return true;
      cuts += 1;
      return client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutAfter: (text) => {
      wanted = text;
    },
    cuts: () => cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** ReadyForQuery is the last message of an answer: its type, a length of five, and a state. */
function isReadyForQuery(chunk: Buffer): boolean {
  return chunk.length >= 6 && chunk[chunk.length - 6] === READY && chunk.readUInt32BE(chunk.length - 5) === 5;
}

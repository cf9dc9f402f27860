import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Wiretap {
  /** In place of the tapped address. */
  readonly url: string;
  /** Everything that was said so far, by both sides. */
  transcript(): string;
  close(): Promise<void>;
}

/** Passes on every byte between its callers and `target`, cuts and silences too, and remembers them. */
export async function wiretap(target: string): Promise<Wiretap> {
  const { hostname, port } = new URL(target);
  const spoken: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const callee = connect(Number(port), hostname);
    for (const [from, to] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      const index = spoken.push('') - 1;
      sockets.add(from);
      from.on('data', (chunk: Buffer) => (spoken[index] += chunk.toString('latin1')));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    transcript: () => spoken.join('\n'),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

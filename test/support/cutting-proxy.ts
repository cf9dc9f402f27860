import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { PreparedTexts, StatementSplitter } from './statement-splitter.js';

/** A statement that was stopped on its way. */
export interface HeldStatement {
  /** The statement got as far as it was to get. */
  readonly reached: Promise<void>;
  /** Lets it go on. */
  release(): void;
}

/** `before` it gets to the server, or `after` it took effect and before its answer. */
export type Moment = 'before' | 'after';

/** Stands between the service and Postgres. */
export interface CuttingProxy {
  readonly url: string;
  /** The next statement with `text` takes effect, but its connection breaks before the answer arrives. */
  cutAfter(text: string): void;
  /** How many connections were cut so far. */
  cuts(): number;
  /** The next statement in which all of `texts` stand, parameters included, stops there until it is released. */
  hold(texts: readonly string[], moment: Moment): HeldStatement;
  /** Breaks every connection and refuses new ones, or takes them again at the same address. */
  refuse(refused: boolean): Promise<void>;
  close(): Promise<void>;
}

interface Trap {
  readonly texts: readonly string[];
  readonly moment: Moment | 'cut';
  readonly reached: () => void;
  readonly released: Promise<void>;
}

const READY = 'Z'.charCodeAt(0);

export async function startCuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const traps = new Set<Trap>();
  let cuts = 0;

  const sprung = (statement: Buffer): Trap | null => {
    const trap = [...traps].find(({ texts }) => texts.every((text) => statement.includes(text))) ?? null;
    if (trap !== null) traps.delete(trap);
    return trap;
  };
  const set = (texts: readonly string[], moment: Trap['moment']): HeldStatement => {
    let [reach, release] = [nothing, nothing];
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    traps.add({ texts, moment, reached: () => reach(), released });
    return { reached, release: () => release() };
  };

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    relay(client, upstream, sprung);
  });
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    cutAfter: (text) => {
      void set([text], 'cut').reached.then(() => (cuts += 1));
    },
    cuts: () => cuts,
    hold: set,
    refuse: (refused) => (refused ? close() : listen(port)),
    close,
  };
}

function relay(client: Socket, upstream: Socket, sprung: (statement: Buffer) => Trap | null): void {
  const [statements, prepared] = [new StatementSplitter(), new PreparedTexts()];
  /** Has the answer of the statement that is under way. */
  let trap: Trap | null = null;
  let answer: Buffer[] = [];
  client.on('data', (chunk) => {
    for (const statement of statements.push(chunk)) {
      const met = sprung(prepared.whole(statement));
      if (met?.moment === 'before') {
        met.reached();
        void met.released.then(() => upstream.write(statement));
      } else {
        trap = met ?? trap;
        upstream.write(statement);
      }
    }
  });
  upstream.on('data', (chunk) => {
    if (trap === null) return void client.write(chunk);
    answer.push(chunk);
    const whole = Buffer.concat(answer);
    // The server is ready for more: what was asked is done and committed.
    if (!isReadyForQuery(whole)) return;
    const { moment, reached, released } = trap;
    [trap, answer] = [null, []];
    if (moment === 'cut') client.destroy();
    else void released.then(() => client.write(whole));
    reached();
  });
}

/** ReadyForQuery is the last message of an answer: its type, a length of five, and a state. */
function isReadyForQuery(answer: Buffer): boolean {
  return (
    answer.length >= 6 && answer[answer.length - 6] === READY && answer.readUInt32BE(answer.length - 5) === 5
  );
}

function nothing(): void {}

import type { ServerResponse } from 'node:http';
import { htmlReply, jsonReply, type Outcome, type Reply } from '../messages.js';
import { isObject } from '../json-shape.js';
import type { Disruption } from './disruption.js';
import type { Effect } from './fault.js';
import type { Strike } from './faults.js';
import type { Timers } from './timers.js';

export interface Delivery {
  readonly response: ServerResponse;
  readonly strike: Strike;
  readonly timers: Timers;
  /** Decides the call; called at most once, and not at all when a fault answers in its place. */
  readonly run: () => Outcome;
  /** Told when an operation takes effect, so that it is logged and saved. */
  readonly committed: () => void;
  readonly answered: (status: number) => void;
}

type Ender<E extends Effect = Effect> = (effect: E, delivery: Delivery) => void | Promise<void>;
type Enders = { readonly [K in Effect['kind']]?: Ender<Extract<Effect, { kind: K }>> };

/** Answers the call, bent by whatever faults struck it. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { strike, timers } = delivery;
  if (strike.latencyMs > 0) await timers.wait(strike.latencyMs);
  const { ending } = strike;
  if (!ending) return send(delivery, settle(delivery));
  const end = ENDERS[ending.kind] as Ender | undefined;
  await end?.(ending, delivery);
}

const ENDERS: Enders = {
  respond: disrupt,
  html: disrupt,
  hang: disrupt,
  reset: ({ after }, delivery) => {
    if (!after) return cut(delivery);
    const reply = settle(delivery);
    if (after === 'commit') return cut(delivery);
    head(delivery, reply);
    delivery.response.flushHeaders();
    delivery.timers.after(20, () => cut(delivery));
  },
  drip: async ({ ms = 200, bytes = 1 }, delivery) => {
    const reply = settle(delivery);
    head(delivery, reply);
    await trickle(delivery, Buffer.from(reply.body), { ms, bytes });
  },
  stall: (_effect, delivery) => {
    const reply = settle(delivery);
    head(delivery, reply);
    delivery.response.write(half(reply.body));
  },
  truncate: ({ bytes }, delivery) => {
    const reply = settle(delivery);
    const body =
      bytes === undefined ? half(reply.body) : Buffer.from(reply.body).subarray(0, bytes).toString();
    send(delivery, { ...reply, body });
  },
  patch_body: ({ set = {}, unset = [] }, delivery) => {
    const reply = settle(delivery);
    const body: unknown = JSON.parse(reply.body);
    const entries = Object.entries({ ...(isObject(body) ? body : {}), ...set });
    const kept = Object.fromEntries(entries.filter(([name]) => !unset.includes(name)));
    send(delivery, { ...reply, body: JSON.stringify(kept) });
  },
  accept_then: ({ then = { kind: 'hang' } }, delivery) => {
    settle(delivery);
    disrupt(then, delivery);
  },
  late_commit: ({ ms, then = { kind: 'hang' } }, delivery) => {
    const { commit } = delivery.run();
    delivery.timers.after(ms, () => take(commit, delivery));
    disrupt(then, delivery);
  },
};

function disrupt(disruption: Disruption, delivery: Delivery): void {
  switch (disruption.kind) {
    case 'respond':
      return send(delivery, fixed(disruption.status, disruption.body, disruption.headers));
    case 'html':
      return send(delivery, errorPage(disruption.status));
    case 'hang':
      if (disruption.ms !== undefined) delivery.timers.after(disruption.ms, () => cut(delivery));
      return;
    case 'reset':
      return cut(delivery);
  }
}

/** Runs the operation and lets it take effect. */
function settle(delivery: Delivery): Reply {
  const { reply, commit } = delivery.run();
  take(commit, delivery);
  return reply;
}

function take(commit: Outcome['commit'], { committed }: Delivery): void {
  if (!commit) return;
  commit();
  committed();
}

function fixed(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  if (body === undefined) return { status, headers, body: '' };
  if (typeof body !== 'string') return jsonReply(status, body, headers);
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8', ...headers }, body };
}

function errorPage(status: number): Reply {
  const title = `Error ${status} (Server Error)!!1`;
  return htmlReply(
    status,
    `<!DOCTYPE html>\n<html lang=en>\n<title>${title}</title>\n<p>That is an error.\n`,
  );
}

function head({ response, answered }: Delivery, { status, headers, body }: Reply): void {
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  answered(status);
  response.writeHead(status, { ...headers, ...length });
}

function send(delivery: Delivery, reply: Reply): void {
  head(delivery, reply);
  delivery.response.end(reply.status === 204 ? undefined : reply.body);
}

function cut({ response }: Delivery): void {
  response.socket?.destroy();
}

function half(body: string): string {
  return body.slice(0, Math.ceil(body.length / 2));
}

async function trickle(
  { response, timers }: Delivery,
  body: Buffer,
  { ms, bytes }: { ms: number; bytes: number },
): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes));
    await timers.wait(ms);
  }
  response.end();
}

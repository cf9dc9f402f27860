import type { ServerResponse } from 'node:http';
import { htmlReply, jsonReply, type Outcome, type Reply } from '../messages.js';
import { isObject } from '../json-shape.js';
import type { Disruption, Respond } from './disruption.js';
import type { Damage } from './fault.js';
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

/** Answers the call, bent by whatever faults struck it. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { strike, timers } = delivery;
  if (strike.latencyMs > 0) await timers.wait(strike.latencyMs);
  const { ending } = strike;
  if (!ending) return send(delivery, settle(delivery));
  if (ending.kind === 'reset' && ending.after) return resetAfter(ending.after, delivery);
  return isDisruption(ending) ? disrupt(ending, delivery) : damage(ending, delivery);
}

const DISRUPTIONS: readonly string[] = ['respond', 'html', 'hang', 'reset'] satisfies Disruption['kind'][];

function isDisruption(ending: Disruption | Damage): ending is Disruption {
  return DISRUPTIONS.includes(ending.kind);
}

/** Something else, or nothing, in place of the answer. */
function disrupt(disruption: Disruption, delivery: Delivery): void {
  switch (disruption.kind) {
    case 'respond':
      return send(delivery, fixed(disruption));
    case 'html':
      return send(delivery, errorPage(disruption.status));
    case 'hang':
      if (disruption.ms !== undefined) delivery.timers.after(disruption.ms, () => cut(delivery));
      return;
    case 'reset':
      return cut(delivery);
  }
}

async function damage(kind: Damage, delivery: Delivery): Promise<void> {
  switch (kind.kind) {
    case 'drip':
      return trickle(kind, delivery);
    case 'stall':
      return stall(delivery);
    case 'truncate':
      return truncate(kind.bytes, delivery);
    case 'patch_body':
      return patchBody(kind, delivery);
    case 'accept_then':
      settle(delivery);
      return disrupt(kind.answer ?? { kind: 'hang' }, delivery);
    case 'late_commit': {
      const { commit } = delivery.run();
      delivery.timers.after(kind.ms, () => take(commit, delivery));
      return disrupt(kind.answer ?? { kind: 'hang' }, delivery);
    }
  }
}

function resetAfter(moment: 'headers' | 'commit', delivery: Delivery): void {
  const reply = settle(delivery);
  if (moment === 'commit') return cut(delivery);
  head(delivery, reply);
  delivery.response.flushHeaders();
  delivery.timers.after(20, () => cut(delivery));
}

function stall(delivery: Delivery): void {
  const reply = settle(delivery);
  head(delivery, reply);
  delivery.response.write(half(reply.body));
}

function truncate(bytes: number | undefined, delivery: Delivery): void {
  const reply = settle(delivery);
  const body = bytes === undefined ? half(reply.body) : Buffer.from(reply.body).subarray(0, bytes).toString();
  send(delivery, { ...reply, body });
}

function patchBody(
  { set = {}, unset = [] }: Extract<Damage, { kind: 'patch_body' }>,
  delivery: Delivery,
): void {
  const reply = settle(delivery);
  const body: unknown = reply.body === '' ? {} : JSON.parse(reply.body);
  const entries = Object.entries({ ...(isObject(body) ? body : {}), ...set });
  const kept = Object.fromEntries(entries.filter(([name]) => !unset.includes(name)));
  send(delivery, { ...reply, body: JSON.stringify(kept) });
}

async function trickle(
  { ms = 200, bytes = 1 }: Extract<Damage, { kind: 'drip' }>,
  delivery: Delivery,
): Promise<void> {
  const { response, timers } = delivery;
  const reply = settle(delivery);
  const body = Buffer.from(reply.body);
  head(delivery, reply);
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes));
    await timers.wait(ms);
  }
  response.end();
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

function fixed({ status, body, headers = {} }: Respond): Reply {
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

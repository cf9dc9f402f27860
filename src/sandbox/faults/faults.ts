import type { Disruption, Respond } from './disruption.js';
import type { Alteration, Damage, Delay, Effect, Endpoint, FaultSpec, FaultTarget, Named } from './fault.js';
import { PRESETS } from './presets.js';

export interface Fault extends FaultSpec {
  readonly id: string;
  /** Matching calls met, and how many of them were struck. */
  matched: number;
  struck: number;
}

/** What the faults of one call add up to. */
export interface Strike {
  readonly ids: readonly string[];
  readonly latencyMs: number;
  readonly readLagMs: number;
  /** Free/busy effects with the calendar they are limited to. */
  readonly alterations: readonly LimitedAlteration[];
  /** The oldest of the effects that decide how the call is answered. */
  readonly ending?: Disruption | Damage;
}

export interface LimitedAlteration {
  readonly calendar: string | undefined;
  readonly effect: Alteration;
}

type Resolved = Exclude<Effect, Named>;

const ALTERATIONS: readonly string[] = [
  'calendar_error',
  'omit_calendar',
  'busy_entries',
  'calendars_value',
  'upper_case_ids',
] satisfies Alteration['kind'][];

function isAlteration(effect: Resolved): effect is Alteration {
  return ALTERATIONS.includes(effect.kind);
}

function isDelay(effect: Resolved): effect is Delay {
  return effect.kind === 'latency' || effect.kind === 'read_lag';
}

/** The faults that are switched on. Faults that delay or alter stack; of those that end a call the oldest wins. */
export class Faults {
  private readonly faults = new Map<string, Fault>();
  private added = 0;
  private draw = sequence(1);

  add(spec: FaultSpec): string {
    this.added += 1;
    const id = `fault-${this.added}`;
    this.faults.set(id, { ...spec, id, matched: 0, struck: 0 });
    return id;
  }

  list(): Fault[] {
    return [...this.faults.values()];
  }

  remove(id: string): boolean {
    return this.faults.delete(id);
  }

  /** Also rewinds the sequence that probabilities are drawn from. */
  clear(): void {
    this.faults.clear();
    this.draw = sequence(1);
  }

  /** Draws the faults for one call. Each fault that strikes is counted. */
  strike(target: FaultTarget): Strike {
    const ids: string[] = [];
    const alterations: LimitedAlteration[] = [];
    const ms = { latency: 0, read_lag: 0 };
    let ending: Strike['ending'];
    for (const fault of this.faults.values()) {
      const effect = resolve(fault.effect);
      const stacks = isAlteration(effect) || isDelay(effect);
      if ((!stacks && ending) || !matches(fault, effect, target)) continue;
      if (!this.strikes(fault)) continue;
      ids.push(fault.id);
      if (isAlteration(effect)) alterations.push({ calendar: fault.calendar, effect });
      else if (isDelay(effect)) ms[effect.kind] += effect.ms;
      else ending = effect;
    }
    return {
      ids,
      latencyMs: ms.latency,
      readLagMs: ms.read_lag,
      alterations,
      ...(ending && { ending }),
    };
  }

  private strikes(fault: Fault): boolean {
    fault.matched += 1;
    if (fault.matched <= (fault.skip ?? 0)) return false;
    if (fault.struck >= (fault.times ?? Infinity)) return false;
    if (fault.probability !== undefined && this.draw() >= fault.probability) return false;
    fault.struck += 1;
    return true;
  }
}

function resolve(effect: FaultSpec['effect']): Resolved {
  if (typeof effect === 'string') return PRESETS[effect];
  if (effect.kind === 'invalid_grant') return invalidGrant(effect.description);
  if (effect.kind !== 'preset') return effect;
  const preset: Respond = PRESETS[effect.name];
  const retryAfter = effect.retry_after === undefined ? {} : { 'retry-after': String(effect.retry_after) };
  return { ...preset, headers: { ...preset.headers, ...retryAfter, ...effect.headers } };
}

function invalidGrant(description = 'Token has been expired or revoked.'): Respond {
  return { kind: 'respond', status: 400, body: { error: 'invalid_grant', error_description: description } };
}

/** Effects on what is read are not spent on calls that read nothing of the kind. */
function canStrike(effect: Resolved, { endpoint }: FaultTarget): boolean {
  if (isAlteration(effect)) return endpoint === 'freeBusy';
  return effect.kind !== 'read_lag' || endpoint === 'freeBusy' || endpoint.startsWith('events.');
}

function matches(
  { endpoint = '*', account, calendar }: FaultSpec,
  effect: Resolved,
  target: FaultTarget,
): boolean {
  return (
    canStrike(effect, target) &&
    covers(endpoint, target.endpoint) &&
    (account === undefined || account.toLowerCase() === target.account?.toLowerCase()) &&
    (calendar === undefined || target.calendars.some((id) => id.toLowerCase() === calendar.toLowerCase()))
  );
}

function covers(pattern: string, endpoint: Endpoint): boolean {
  return pattern === '*' || pattern === endpoint || endpoint.startsWith(`${pattern}.`);
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

import { MATCHED_ENDPOINTS, type Effect, type EffectKind, type FaultSpec } from '../faults/fault.js';
import { isPreset, PRESETS, type PresetName } from '../faults/presets.js';
import { isObject, type Shape } from '../json-shape.js';
import { checked, parseControlBody } from './control-body.js';
import { ControlError } from './control-error.js';

interface Fields {
  readonly fields: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
}

const HEADERS: Shape = { map: 'string' };

/** What each kind of effect takes besides `kind`. */
const EFFECTS: Readonly<Record<EffectKind, Fields>> = {
  respond: { fields: { status: 'integer', body: 'any', headers: HEADERS }, required: ['status'] },
  preset: {
    fields: { name: Object.keys(PRESETS), headers: HEADERS, retry_after: 'any' },
    required: ['name'],
  },
  invalid_grant: { fields: { description: 'string' } },
  html: { fields: { status: 'integer' }, required: ['status'] },
  hang: { fields: { ms: 'number' } },
  reset: { fields: { after: ['headers', 'commit'] } },
  latency: { fields: { ms: 'number' }, required: ['ms'] },
  drip: { fields: { ms: 'number', bytes: 'integer' } },
  stall: { fields: {} },
  truncate: { fields: { bytes: 'integer' } },
  patch_body: { fields: { set: { map: 'any' }, unset: { list: 'string' } } },
  accept_then: { fields: { answer: 'any' } },
  late_commit: { fields: { ms: 'number', answer: 'any' }, required: ['ms'] },
  read_lag: { fields: { ms: 'number' }, required: ['ms'] },
  calendar_error: { fields: { reason: 'string', domain: 'string' }, required: ['reason'] },
  omit_calendar: { fields: {} },
  busy_entries: { fields: { entries: { list: 'any' }, replace: 'boolean' }, required: ['entries'] },
  calendars_value: { fields: { value: 'any' } },
  upper_case_ids: { fields: {} },
};

const DISRUPTIONS = ['respond', 'html', 'hang', 'reset'];

const SPEC = {
  fields: {
    endpoint: MATCHED_ENDPOINTS,
    account: 'string',
    calendar: 'string',
    times: 'integer',
    skip: 'integer',
    probability: 'number',
    effect: 'any',
  },
  required: ['effect'],
} as const satisfies Shape;

/** For people who look for what there is. */
export const EFFECT_KINDS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(EFFECTS).map(([kind, { fields }]) => [kind, Object.keys(fields)]),
);

/** @throws ControlError 400 naming the field at fault */
export function parseFault(body: string): FaultSpec {
  const { effect, ...spec } = parseFields(body);
  for (const name of ['times', 'skip'] as const) {
    if ((spec[name] ?? 0) < 0) throw new ControlError(400, name, `${name} must not be negative`);
  }
  const { probability = 1 } = spec;
  if (probability < 0 || probability > 1) {
    throw new ControlError(400, 'probability', 'probability must be between 0 and 1');
  }
  checkEffect(effect, 'effect');
  return { ...spec, effect };
}

/** The effect keeps its nulls: `calendars: null` is an answer worth testing. */
function parseFields(body: string) {
  const fields = parseControlBody(body, SPEC);
  const raw: unknown = JSON.parse(body);
  return { ...fields, effect: isObject(raw) ? raw['effect'] : undefined };
}

function checkEffect(
  effect: unknown,
  path: string,
  kinds: readonly string[] = Object.keys(EFFECTS),
): asserts effect is Effect | PresetName {
  if (typeof effect === 'string') return checkPreset(effect, path);
  if (!isObject(effect))
    throw new ControlError(400, path, `${path} must be an effect or the name of a preset`);
  const { kind, ...rest } = effect;
  if (!isKind(kind) || !kinds.includes(kind)) {
    throw new ControlError(400, `${path}.kind`, `${path}.kind must be one of ${kinds.join(', ')}`);
  }
  checked(rest, EFFECTS[kind], path);
  const { status = 200, answer } = rest;
  if (Number(status) < 200 || Number(status) > 599) {
    throw new ControlError(400, `${path}.status`, `${path}.status must be between 200 and 599`);
  }
  if (answer !== undefined) checkEffect(answer, `${path}.answer`, DISRUPTIONS);
}

function checkPreset(name: string, path: string): void {
  if (isPreset(name)) return;
  throw new ControlError(400, path, `${path} must be one of ${Object.keys(PRESETS).join(', ')}`);
}

function isKind(kind: unknown): kind is EffectKind {
  return typeof kind === 'string' && Object.hasOwn(EFFECTS, kind);
}

import { MATCHED_ENDPOINTS, type EffectKind, type FaultSpec } from '../faults/fault.js';
import { isPreset, PRESETS } from '../faults/presets.js';
import { isObject, type Shape } from '../json-shape.js';
import { checkShape, parseControlBody } from './control-body.js';
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
  accept_then: { fields: { then: 'any' } },
  late_commit: { fields: { ms: 'number', then: 'any' }, required: ['ms'] },
  read_lag: { fields: { ms: 'number' }, required: ['ms'] },
  calendar_error: { fields: { reason: 'string', domain: 'string' }, required: ['reason'] },
  omit_calendar: { fields: {} },
  busy_entries: { fields: { entries: { list: 'any' }, replace: 'boolean' }, required: ['entries'] },
  calendars_value: { fields: { value: 'any' } },
  upper_case_ids: { fields: {} },
};

const DISRUPTIONS = ['respond', 'html', 'hang', 'reset'];

const SPEC: Shape = {
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
};

/** For people who look for what there is. */
export const EFFECT_KINDS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(EFFECTS).map(([kind, { fields }]) => [kind, Object.keys(fields)]),
);

/** @throws ControlError 400 naming the field at fault */
export function parseFault(body: string): FaultSpec {
  const spec = parseControlBody<FaultSpec>(body, SPEC);
  for (const name of ['times', 'skip'] as const) {
    if ((spec[name] ?? 0) < 0) throw new ControlError(400, name, `${name} must not be negative`);
  }
  const { probability = 1 } = spec;
  if (probability < 0 || probability > 1) {
    throw new ControlError(400, 'probability', 'probability must be between 0 and 1');
  }
  checkEffect(spec.effect, 'effect');
  return spec;
}

function checkEffect(effect: unknown, path: string, kinds = Object.keys(EFFECTS)): void {
  if (typeof effect === 'string') {
    if (isPreset(effect)) return;
    throw new ControlError(400, path, `${path} must be one of ${Object.keys(PRESETS).join(', ')}`);
  }
  checkShape(Object(effect)['kind'], kinds, `${path}.kind`);
  const { kind, ...rest } = effect as { kind: EffectKind };
  checkShape(rest, EFFECTS[kind], path);
  checkStatus(rest, path);
  checkThen(rest, path);
}

function checkStatus(effect: object, path: string): void {
  const { status = 200 } = effect as { status?: number };
  if (status < 200 || status > 599) {
    throw new ControlError(400, `${path}.status`, `${path}.status must be between 200 and 599`);
  }
}

function checkThen(effect: object, path: string): void {
  const { then } = effect as { then?: unknown };
  if (then === undefined) return;
  if (!isObject(then)) throw new ControlError(400, `${path}.then`, `${path}.then must be an effect`);
  checkEffect(then, `${path}.then`, DISRUPTIONS);
}

import { fits, violations, withoutNulls, type Infer, type Shape } from '../json-shape.js';
import { ControlError } from './control-error.js';

/** @throws ControlError 400 naming the first field that is unknown, missing or of the wrong kind */
export function parseControlBody<S>(body: string, shape: Shape & S): Infer<S> {
  return checked(withoutNulls(parseJson(body)), shape, '');
}

/** @param path where `value` stands in the body */
export function checked<S>(value: unknown, shape: Shape & S, path: string): Infer<S> {
  if (fits(shape, value)) return value;
  const [first] = violations(shape, value, path);
  const field = first?.path || 'body';
  const complaint = { unknown: 'is not known', missing: 'is required', type: `must be ${first?.expected}` };
  throw new ControlError(400, field, `${field} ${complaint[first?.problem ?? 'type']}`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new ControlError(400, 'body', 'The body is not JSON');
  }
}

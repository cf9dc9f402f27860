import { violations, type Shape } from '../json-shape.js';
import { ControlError } from './control-error.js';

/** @throws ControlError 400 naming the first field that is unknown, missing or of the wrong kind */
export function parseControlBody<T>(body: string, shape: Shape): T {
  const value = parseJson(body);
  checkShape(value, shape, '');
  return value as T;
}

/** @param path where `value` stands in the body */
export function checkShape(value: unknown, shape: Shape, path: string): void {
  const [first] = violations(shape, value, path);
  if (!first) return;
  const message = {
    unknown: 'is not known',
    missing: 'is required',
    type: `must be ${first.expected}`,
  }[first.problem];
  throw new ControlError(400, first.path || 'body', `${first.path || 'The body'} ${message}`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new ControlError(400, 'body', 'The body is not JSON');
  }
}

import { expect } from '@jest/globals';
import { STATUS_TITLE } from '../../src/shared/problem.js';
import type { Answer } from './service.js';

const ALLOWED = new Set([
  'type',
  'title',
  'status',
  'detail',
  'code',
  'request_id',
  'errors',
  'requires_reauth',
  'reauth_actor',
  'connection_id',
  'reauth_url',
  'retry_after_seconds',
  'calendar_health',
  'alternatives',
  'error_category',
  'booking_id',
  'checks',
]);

type Problem = Pick<Answer, 'status' | 'body'> & { readonly headers: Pick<Headers, 'get'> };

/** Everything that the contract says of every error. */
export function expectProblem(answer: Problem, status: number, code: string): void {
  const { body, headers } = answer;
  expect(body).toEqual(expect.objectContaining({ status, code }));
  expect(answer.status).toBe(status);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body.type).toBe('about:blank');
  expect(body.title).toBe(STATUS_TITLE[status]);
  expect(body.detail).toEqual(expect.stringMatching(/\S/));
  expect(body.request_id).toBe(headers.get('x-request-id'));
  expect(Object.keys(body).filter((member) => !ALLOWED.has(member))).toEqual([]);
  if (status === 503 || status === 429)
    expect(headers.get('retry-after')).toBe(String(body.retry_after_seconds));
  if (code === 'unauthenticated') expect(headers.get('www-authenticate')).toBe('Bearer');
}

export function expectRefusal(answer: Problem, field: string): void {
  expectProblem(answer, 400, 'validation_failed');
  expect(namedFields(answer)).toContain(field);
}

/** `date_overrides[0].date` names `date_overrides`, too. */
export function namedFields({ body }: Pick<Answer, 'body'>): string[] {
  const errors: { field: string; message: string }[] = body.errors ?? [];
  for (const { message } of errors) expect(message).toMatch(/\S/);
  return errors.flatMap(({ field }) => [field, field.replace(/[.[].*$/, '')]);
}

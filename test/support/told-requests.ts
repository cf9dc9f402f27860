import { expect } from '@jest/globals';
import { linesOf } from './log-lines.js';
import { expectProblem } from './problems.js';
import type { Answer, Service } from './service.js';

/** What the log line of a request says of the provider. */
export type Told = Readonly<{
  class: string | null;
  failure_code: string | null;
  upstream_status: number | null;
  attempts: number | null;
}>;

export const NOT_THE_PROVIDER: Told = {
  class: null,
  failure_code: null,
  upstream_status: null,
  attempts: null,
};

/** R1: of what is 500 and above only 503, with a pause, and never a page or a stack. */
export function expectSafe({ status, headers, body }: Answer): void {
  if (status >= 500) {
    expect(status).toBe(503);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  }
  expect(headers.get('content-type')).toMatch(/json/);
  expect(JSON.stringify(body)).not.toMatch(/<html|\\n +at |node_modules|\.[jt]s:\d/i);
}

/** R6: the answer carries the id of exactly one line, and the line tells all of it. */
export async function expectTold(
  service: Service,
  answer: Answer,
  status: number,
  code: string,
  facts: Readonly<Record<string, unknown>>,
): Promise<void> {
  expectProblem(answer, status, code);
  expectSafe(answer);
  const kind =
    status >= 500 ? { level: 'warn', event: 'request.failed' } : { level: 'info', event: 'request.refused' };
  const [lines] = await linesOf(service, answer.body.request_id);
  expect(lines).toEqual([
    expect.objectContaining({
      ...kind,
      message: expect.stringMatching(/^[A-Z].+\.$/),
      method: expect.any(String),
      route: expect.stringMatching(/^\//),
      duration_ms: expect.any(Number),
      status,
      code,
      ...facts,
    }),
  ]);
}

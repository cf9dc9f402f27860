import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiResponse } from './api-decorators.js';
import type { ProblemCode } from './problem-codes.js';

/** Notes at an operation that {@link completeOperations} turns into OpenAPI and removes. */
export const PROBLEMS_NOTE = 'x-problems';
export const EXAMPLES_NOTE = 'x-examples';
export const ACCESS_NOTE = 'x-access';

export type Access = 'public' | 'admin';
type Success = 200 | 201 | 202 | 204 | 302;

/**
 * The status that a handler succeeds with, and what the API document says of it. `problems` are the codes of its
 * own; those that follow from keys, ids and bodies are added to every operation that has these.
 */
export function Answers(
  status: Success,
  type: Type | null,
  summary: string,
  problems: readonly ProblemCode[] = [],
): MethodDecorator {
  const content = type === null ? {} : { type };
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiResponse({ status, description: SUCCESS[status], ...content }),
    ApiExtension(PROBLEMS_NOTE, problems),
  );
}

const SUCCESS: Readonly<Record<Success, string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Accepted.',
  204: 'Done; there is nothing to say.',
  302: 'Go on there.',
};

/** Bodies that show how to call an operation, by what each is for. */
export function Examples(bodies: Readonly<Record<string, object>>): MethodDecorator {
  return ApiExtension(EXAMPLES_NOTE, bodies);
}

/** Without this, a workspace key or the admin key opens an operation. */
export function DocumentedAccess(access: Access): ClassDecorator & MethodDecorator {
  return applyDecorators(ApiExtension(ACCESS_NOTE, access));
}

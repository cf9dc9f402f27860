import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '../../shared/api-decorators.js';
import type { FastifyRequest } from 'fastify';
import { ValidationFailed } from '../../shared/app-error.js';

const NAME = 'Idempotency-Key';

/** The request's idempotency key, or null when it has none. @throws ValidationFailed when it is malformed */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | null => {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(key))
    throw ValidationFailed.of(NAME, 'expected 1 to 255 printable ASCII characters');
  return key;
});

export const ApiIdempotencyKey = (): MethodDecorator =>
  ApiHeader({
    name: NAME,
    required: false,
    description:
      'A repeat with the same key and body within 24 hours gets the same answer, and changes nothing.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  });

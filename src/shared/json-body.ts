import type { FastifyInstance } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { ValidationFailed } from './app-error.js';

/**
 * JSON only, and UTF-8 only. An empty body is no body, so that actions can be called with or without one.
 * Names such as `__proto__` stay plain members: {@link DtoValidationPipe} refuses them by name.
 */
export function parseJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_, body, done) => {
    try {
      done(null, jsonOf(body));
    } catch {
      done(ValidationFailed.of('body', 'expected valid JSON in UTF-8'));
    }
  });
}

const BYTE_ORDER_MARK = 0xfeff;

function jsonOf(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw new TypeError('not UTF-8');
  const text = body.toString('utf8');
  return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
}

import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from './hashing.js';

/** What differs between two answers that say the same: when they were made, and links that are made anew for each. */
const INCIDENTAL = /"generated_at":"[^"]*"|\/reauthorize\?link=[\w.-]+/g;

/** Whoever has this answer already, and says so with `If-None-Match`, gets an empty 304. */
export const Revalidated = (): MethodDecorator => RouteConfig({ revalidated: true });

export function revalidateAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.revalidated !== true) return;
    route.onSend = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
      if (reply.statusCode !== 200 || typeof payload !== 'string') return payload;
      const tag = entityTag(payload);
      void reply.header('ETag', tag).header('Cache-Control', 'private, no-cache');
      if (request.headers['if-none-match'] !== tag) return payload;
      void reply.status(304).removeHeader('Content-Type');
      return '';
    };
  });
}

function entityTag(text: string): string {
  return `W/"${sha256(text.replaceAll(INCIDENTAL, '')).toString('base64url').slice(0, 22)}"`;
}

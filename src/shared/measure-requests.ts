import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';

/** Every request that was answered, by the template of its route: what callers make up must not become a label. */
export function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? null : (request.routeOptions.url ?? null);
    metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}

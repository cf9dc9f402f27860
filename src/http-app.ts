import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppModule } from './app.module.js';
import { serveApiDocs } from './api-docs.js';
import type { Clock } from './shared/clock.js';
import type { Config } from './shared/config.js';
import type { Log } from './shared/log.js';
import { nestLogger } from './shared/pino-log.js';

const MAX_BODY_BYTES = 100_000;

/** The whole service as an HTTP application, not yet listening. */
export async function createHttpApp(
  config: Config,
  log: Log,
  clock?: Clock,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    genReqId: requestId,
    routerOptions: { ignoreTrailingSlash: true },
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, log, clock), adapter, {
    logger: nestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  app.setGlobalPrefix('api');
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  parseBodies(fastify);
  traceRequests(fastify, log);
  await serveApiDocs(app);
  await app.init();
  return app;
}

/** A caller's own id, so that it finds its request in our log; one that could break a log line is replaced. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/** JSON only. An empty body is no body, so that actions can be called with or without one. */
function parseBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    return parseJson(request, body, done);
  });
}

/** One line per request; what failed carries what the filter knows of it. */
function traceRequests(fastify: FastifyInstance, log: Log): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status, elapsedTime } = reply;
    const facts = {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status,
      duration_ms: Math.round(elapsedTime),
      ...reply.problem,
    };
    if (status >= 500) log.warn('request.failed', 'A request could not be served.', facts);
    else if (status >= 400) log.info('request.refused', 'A request was refused.', facts);
    else log.info('request.served', 'A request was served.', facts);
    done();
  });
}

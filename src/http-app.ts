import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppModule } from './app.module.js';
import { serveApiDocs } from './api-docs.js';
import { auditRequests } from './audit/audit.module.js';
import { RecordActions } from './audit/record-actions.js';
import { serveDashboard } from './dashboard-pages.js';
import { answerClientErrors } from './shared/client-errors.js';
import { ServiceUnavailable } from './shared/app-error.js';
import type { Clock } from './shared/clock.js';
import type { Config } from './shared/config.js';
import { parseJsonBodies } from './shared/json-body.js';
import type { Log } from './shared/log.js';
import { measureRequests } from './shared/measure-requests.js';
import { Metrics } from './shared/metrics.js';
import { nestLogger } from './shared/pino-log.js';
import { logRequests } from './shared/request-log.js';
import { revalidateAnswers } from './shared/revalidated.js';

const MAX_BODY_BYTES = 100_000;
/** Node refuses longer addresses, so that every malformed id gets as far as the route that names it. */
const MAX_PARAM_LENGTH = 16_384;

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
    rewriteUrl: decodableUrl,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler: answerClientErrors(log),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, log, clock), adapter, {
    logger: nestLogger(log),
    abortOnError: false,
    bodyParser: false,
  });
  app.setGlobalPrefix('api', { exclude: ['metrics'] });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  parseJsonBodies(fastify);
  logRequests(fastify, log);
  measureRequests(fastify, app.get(Metrics));
  const record = app.get(RecordActions);
  auditRequests(fastify, (entry) => record.execute([entry]));
  revalidateAnswers(fastify);
  closeWhenStopping(fastify);
  // An expectation that nobody knows would end in an empty 417; it is left unmet instead.
  fastify.server.on('checkExpectation', (request, response) =>
    fastify.server.emit('request', request, response),
  );
  serveApiDocs(app);
  serveDashboard(app);
  await app.init();
  return app;
}

/** Bodies are checked by DTOs. Fastify would load a compiler of JSON schemas at every start, for routes that have none. */
function noSchemas(): never {
  throw new Error('A route has a Fastify schema; there is no compiler for it.');
}

/**
 * A request that arrives after all is refused in the words of any other problem. A connection that is kept
 * alive after its last answer would hold up the stop until it times out.
 */
function closeWhenStopping(fastify: FastifyInstance): void {
  let stopping = false;
  fastify.addHook('preClose', (done) => {
    stopping = true;
    done();
  });
  fastify.addHook('onRequest', (_request, _reply, done) => {
    done(stopping ? new ServiceUnavailable('The service is stopping; another instance serves.') : undefined);
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) void reply.header('Connection', 'close');
    done();
  });
}

/** A caller's own id, so that it finds its request in our log; one that could break a log line is replaced. */
function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:=+/@-]{1,128}$/.test(given) ? given : randomUUID();
}

/** A path with broken escapes is taken letter by letter, so that it is answered by the same rules as any other. */
function decodableUrl({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  const [path = '/', ...query] = url.split('?');
  if (!path.includes('%')) return url;
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return [path.replaceAll('%', '%25'), ...query].join('?');
  }
}

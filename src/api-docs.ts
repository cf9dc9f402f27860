import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeApi } from './shared/api-decorators.js';
import { completeOperations } from './shared/complete-operations.js';
import { ProblemDto } from './shared/problem.dto.js';

const DESCRIPTION = `Tells truthfully who is free, books without double bookings, keeps calendar connections alive.

Every path works with and without a slash at its end. Instants are RFC 3339 with an offset, dates \`YYYY-MM-DD\`,
local times \`HH:MM\`, lengths whole minutes, zones IANA names. \`X-Request-Id\` is taken over when it is sent, and
always answered. Errors are \`application/problem+json\`; decide on their \`code\`.`;

/** The API described from the code; what `/docs` shows and `docs/openapi.json` keeps. */
export async function apiDocument(app: NestFastifyApplication): Promise<OpenAPIObject> {
  const library = await import('@nestjs/swagger');
  describeApi(library);
  const options = new library.DocumentBuilder()
    .setTitle('Slotkeeper')
    .setVersion('1')
    .setDescription(DESCRIPTION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Key of one workspace.' }, 'workspace_key')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'ADMIN_API_KEY; sees all workspaces.' },
      'admin_key',
    )
    .build();
  const document = library.SwaggerModule.createDocument(app, options, { extraModels: [ProblemDto] });
  return completeOperations(document);
}

@Module({})
class ApiDocsModule {}

/** Shows the API document to browsers. Made when somebody first looks: its packages would slow down every start. */
async function docsPages(app: NestFastifyApplication): Promise<FastifyInstance> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const document = await apiDocument(app);
  const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });
  const docs = await NestFactory.create<NestFastifyApplication>(ApiDocsModule, adapter, { logger: false });
  SwaggerModule.setup('docs', docs, document, { jsonDocumentUrl: 'docs/openapi.json' });
  await docs.init();
  return docs.getHttpAdapter().getInstance();
}

export function serveApiDocs(app: NestFastifyApplication): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  let pages: Promise<FastifyInstance> | undefined;
  const show = async ({ url, headers }: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    pages ??= docsPages(app);
    const page = await (await pages).inject({ url, headers });
    if (page.statusCode >= 400) return reply.callNotFound();
    // What becomes of the connection is not for the page to say.
    const { connection: _connection, ...headersOfPage } = page.headers;
    return reply.status(page.statusCode).headers(headersOfPage).send(page.rawPayload);
  };
  for (const path of ['/docs', '/docs/*', '/docs-yaml']) fastify.get(path, show);
}

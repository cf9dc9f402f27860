import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { completeOperations } from './shared/complete-operations.js';
import { ProblemDto } from './shared/problem.dto.js';

const DESCRIPTION = `Tells truthfully who is free, books without double bookings, keeps calendar connections alive.

Every path works with and without a slash at its end. Instants are RFC 3339 with an offset, dates \`YYYY-MM-DD\`,
local times \`HH:MM\`, lengths whole minutes, zones IANA names. \`X-Request-Id\` is taken over when it is sent, and
always answered. Errors are \`application/problem+json\`; decide on their \`code\`.`;

/** The API described from the code; what `/docs` shows and `docs/openapi.json` keeps. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Slotkeeper')
    .setVersion('1')
    .setDescription(DESCRIPTION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Key of one workspace.' }, 'workspace_key')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'ADMIN_API_KEY; sees all workspaces.' },
      'admin_key',
    )
    .build();
  const document = SwaggerModule.createDocument(app, options, { extraModels: [ProblemDto] });
  return completeOperations(document);
}

export async function serveApiDocs(app: NestFastifyApplication): Promise<void> {
  SwaggerModule.setup('docs', app, () => apiDocument(app), { jsonDocumentUrl: 'docs/openapi.json' });
  await Promise.resolve();
}

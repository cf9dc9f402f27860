import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** The API described from the code; what `/docs` shows and `docs/openapi.json` keeps. */
export function apiDocument(app: NestFastifyApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Slotkeeper')
    .setVersion('1')
    .setDescription(
      'Tells truthfully who is free, books without double bookings, keeps calendar connections alive.',
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Key of one workspace.' }, 'workspace_key')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'ADMIN_API_KEY; sees all workspaces.' },
      'admin_key',
    )
    .build();
  return SwaggerModule.createDocument(app, options);
}

export async function serveApiDocs(app: NestFastifyApplication): Promise<void> {
  SwaggerModule.setup('docs', app, () => apiDocument(app), { jsonDocumentUrl: 'docs/openapi.json' });
  await Promise.resolve();
}

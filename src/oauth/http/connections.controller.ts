import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { mapPage, PageQuery } from '../../shared/page.js';
import { formatInstant } from '../../shared/time.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { Connections } from '../connections.js';
import { Disconnect } from '../disconnect.js';
import { StartAuthorization } from '../start-authorization.js';
import { AuthorizeAnswer, AuthorizeDto, ConnectionDto, ConnectionPage } from './connections.dto.js';

@ApiTags('Connections')
@Controller()
export class ConnectionsController {
  constructor(
    private readonly startAuthorization: StartAuthorization,
    private readonly disconnect: Disconnect,
    private readonly connections: Connections,
  ) {}

  @Post('oauth/google/authorize')
  @Audited('connection.authorization_started', null)
  @Answers(200, AuthorizeAnswer, 'Start the consent that connects, or re-authorizes, a Google account')
  @Examples({
    'Connect an account': { return_url: 'https://app.example.com/connected', login_hint: 'ada@example.com' },
    'Re-authorize a connection': { connection_id: '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10' },
  })
  async authorize(
    @Scope() scope: WorkspaceScope,
    @Body() body: AuthorizeDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuthorizeAnswer> {
    const wish = { returnUrl: body.return_url, loginHint: body.login_hint, connectionId: body.connection_id };
    const started = await this.startAuthorization.execute(scope, wish);
    const { workspaceId, authorizationUrl, state, expiresAt } = started;
    reply.audit = { objectId: body.connection_id ?? null, workspaceId };
    return { authorization_url: authorizationUrl, state, expires_at: formatInstant(expiresAt, 'UTC') };
  }

  @Get('connections')
  @Answers(200, ConnectionPage, 'List the connected accounts')
  async list(@Scope() scope: WorkspaceScope, @Query() page: PageQuery): Promise<ConnectionPage> {
    return mapPage(await this.connections.list(scope, page), ConnectionDto.of);
  }

  @Get('connections/:id')
  @Answers(200, ConnectionDto, 'Show a connection and what is wrong with it')
  async one(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<ConnectionDto> {
    return ConnectionDto.of(found(await this.connections.find(id, scope)));
  }

  @Delete('connections/:id')
  @Audited('connection.disconnected')
  @Answers(204, null, 'Disconnect an account here, and at Google when no other connection uses it')
  async remove(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<void> {
    await this.disconnect.execute(id, scope);
  }
}

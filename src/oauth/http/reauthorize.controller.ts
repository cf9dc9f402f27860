import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messagesFor } from '../../messages/messages-in.js';
import { ApiFoundResponse, ApiProduces, ApiQuery, ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { ValidationFailed } from '../../shared/app-error.js';
import { statusOf } from '../../shared/app-error.filter.js';
import { Audited } from '../../shared/audited.js';
import { privately, sendPage, wantsPage } from '../../shared/html-page.js';
import { Public } from '../../workspaces/api-key.guard.js';
import { OpenReauthLink, type OpenedLink } from '../open-reauth-link.js';
import { StartAuthorization } from '../start-authorization.js';
import { badLinkPage, reauthPage } from './reauth-page.js';

const STARTED = 'connection.reauthorization_started';

/**
 * Where a `reauth_url` leads. A browser is shown a page first, and goes on to the consent by a link of its own: what
 * opens all links of an e-mail begins nothing. A program is sent to the consent at once.
 */
@ApiTags('Connections')
@Controller('oauth/google/reauthorize')
export class ReauthorizeController {
  constructor(
    private readonly openLink: OpenReauthLink,
    private readonly startAuthorization: StartAuthorization,
  ) {}

  @Public()
  @Get()
  @Audited(STARTED, null)
  @ApiProduces('text/html')
  @Answers(200, String, 'What a `reauth_url` leads to: a page about the account, for browsers', [
    'service_unavailable',
  ])
  @ApiFoundResponse({ description: 'To the consent, for whoever does not accept HTML.' })
  @ApiQuery({ name: 'link', type: String, description: 'Signed; part of the `reauth_url`.' })
  async page(
    @Query('link') link: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!wantsPage(request)) return this.consent(link, request, reply);
    const opened = await this.#opened(link);
    if (opened === null) return refuse(request, reply);
    sendPage(reply, reauthPage(opened, messagesFor(request)));
  }

  @Public()
  @Get('consent')
  @Audited(STARTED, null)
  @Answers(302, null, 'Open the consent page for one connection; what the page leads to', [
    'service_unavailable',
  ])
  @ApiQuery({ name: 'link', type: String, description: 'Signed; part of the `reauth_url`.' })
  async consent(
    @Query('link') link: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const opened = await this.#opened(link);
    if (opened === null) return refuse(request, reply);
    const connectionId = opened.connection.id;
    const { authorizationUrl, workspaceId } = await this.startAuthorization.execute('all', { connectionId });
    reply.audit = { objectId: connectionId, workspaceId };
    void privately(reply).redirect(authorizationUrl, 302);
  }

  async #opened(link: unknown): Promise<OpenedLink | null> {
    return typeof link === 'string' ? this.openLink.execute(link) : null;
  }
}

function refuse(request: FastifyRequest, reply: FastifyReply): void {
  const problem = ValidationFailed.of('link', 'this link is not valid any more; ask for a new one');
  void privately(reply);
  if (!wantsPage(request)) throw problem;
  reply.problem = { status: statusOf(problem), facts: { code: problem.code } };
  sendPage(reply, badLinkPage(messagesFor(request)), statusOf(problem));
}

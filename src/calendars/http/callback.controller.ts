import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiFoundResponse, ApiQuery, ApiTags } from '../../shared/api-decorators.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messagesFor } from '../../messages/messages-in.js';
import type { PendingAuthorization } from '../../oauth/authorization-states.js';
import { AccountMismatch, ProviderUnavailable } from '../../oauth/oauth.errors.js';
import { ConnectionDto } from '../../oauth/oauth.module.js';
import { ReauthLinks } from '../../oauth/reauth-links.js';
import { RedeemAuthorization, type Callback } from '../../oauth/redeem-authorization.js';
import { Answers } from '../../shared/api-operation.js';
import { AppError } from '../../shared/app-error.js';
import { DEFAULT_RETRY_SECONDS, statusOf } from '../../shared/app-error.filter.js';
import { Audited } from '../../shared/audited.js';
import { ProviderError } from '../../shared/failure.js';
import { privately, sendPage, wantsPage } from '../../shared/html-page.js';
import type { LogFields } from '../../shared/log.js';
import { Public } from '../../workspaces/api-key.guard.js';
import { ConsentFailed, ConsentUnanswered } from '../calendar.errors.js';
import { ConnectAccount, type ConnectedAccount } from '../connect-account.js';
import { CalendarDto, ConnectedAnswer } from './calendars.dto.js';
import { connectedPage, failedPage } from './callback-page.js';

/** Where Google sends a person back to. Nothing of the query is ever repeated in an answer. */
@ApiTags('Connections')
@Controller('oauth/google/callback')
export class CallbackController {
  constructor(
    private readonly redeem: RedeemAuthorization,
    private readonly connect: ConnectAccount,
    private readonly links: ReauthLinks,
  ) {}

  @Public()
  @Get()
  @Audited('connection.connected', null)
  @Answers(200, ConnectedAnswer, 'Where Google returns to after the consent; browsers get a page', [
    'account_mismatch',
    'provider_unavailable',
    'service_unavailable',
  ])
  @ApiFoundResponse({ description: 'To the `return_url`, with `status` and `connection_id` or `error`.' })
  @ApiQuery({ name: 'state', type: String, description: 'Single-use, from the start of the consent.' })
  @ApiQuery({ name: 'code', type: String, required: false, description: 'When consent was given.' })
  @ApiQuery({ name: 'error', type: String, required: false, description: 'When it was not.' })
  @ApiQuery({ name: 'iss', type: String, required: false, description: 'Who answers (RFC 9207).' })
  async callback(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void privately(reply);
    let pending: PendingAuthorization | null = null;
    try {
      const callback = callbackOf(query);
      pending = await this.redeem.pending(callback);
      reply.audit = auditNote(pending, pending.connectionId, pending.connectionId !== null);
      const account = await this.connect.execute(callback, pending);
      reply.audit = auditNote(pending, account.connection.id, isReauthorized(account));
      if (pending.returnUrl !== null) return redirect(reply, pending.returnUrl, connectedParameters(account));
      if (wantsPage(request)) return sendPage(reply, connectedPage(account, messagesFor(request)));
      void reply.send(answerOf(account));
    } catch (error) {
      const problem = asAppError(error)?.noting(idsOf(pending));
      if (problem === undefined) throw error;
      const status = statusOf(problem);
      reply.problem = { status, facts: { code: problem.code, ...problem.facts } };
      if (pending?.returnUrl)
        return redirect(reply, pending.returnUrl, { status: 'error', error: reasonOf(problem) });
      if (!wantsPage(request)) throw problem;
      if (status === 503) void reply.header('Retry-After', retrySeconds(problem));
      sendPage(reply, failedPage(problem, messagesFor(request), this.#againUrl(pending), request.id), status);
    }
  }

  /** Only what re-authorizes an account can be started from here. */
  #againUrl(pending: PendingAuthorization | null): string | null {
    const connectionId = pending?.connectionId ?? null;
    return connectionId === null ? null : this.links.for(connectionId);
  }
}

function auditNote(
  { workspaceId }: PendingAuthorization,
  objectId: string | null,
  again: boolean,
): NonNullable<FastifyReply['audit']> {
  return { objectId, workspaceId, ...(again ? { action: 'connection.reauthorized' } : {}) };
}

function isReauthorized({ connection: { consentedAt, createdAt } }: ConnectedAccount): boolean {
  return consentedAt !== createdAt;
}

/** Repeated parameters arrive as lists; a provider never sends those. */
function callbackOf(query: Record<string, unknown>): Callback {
  const text = (name: string): string | undefined => {
    const value = query[name];
    return typeof value === 'string' && value.length <= 4096 ? value : undefined;
  };
  return { state: text('state'), code: text('code'), error: text('error'), issuer: text('iss') };
}

/** The request itself names nobody: whose consent it was stands in what was begun. */
function idsOf(pending: PendingAuthorization | null): LogFields {
  if (pending === null) return {};
  const { workspaceId, connectionId } = pending;
  return { workspace_id: workspaceId, ...(connectionId === null ? {} : { connection_id: connectionId }) };
}

function retrySeconds({ details }: AppError): string {
  return String(details.retry_after_seconds ?? DEFAULT_RETRY_SECONDS);
}

function asAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (!(error instanceof ProviderError)) return null;
  return error.failure.retryable || error.failure.timedOut
    ? new ProviderUnavailable(error.failure)
    : new ConsentUnanswered(error.failure);
}

function reasonOf(problem: AppError): string {
  if (problem instanceof ConsentFailed) return problem.reason;
  return problem instanceof AccountMismatch || problem instanceof ProviderUnavailable
    ? problem.code
    : 'authorization_failed';
}

function connectedParameters({ connection }: ConnectedAccount): Record<string, string> {
  return { status: 'connected', connection_id: connection.id };
}

function answerOf({ connection, calendars }: ConnectedAccount): ConnectedAnswer {
  return { connection: ConnectionDto.of(connection), calendars: calendars.map(CalendarDto.of) };
}

function redirect(reply: FastifyReply, to: string, parameters: Record<string, string>): void {
  const url = new URL(to);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  void reply.redirect(url.href, 302);
}

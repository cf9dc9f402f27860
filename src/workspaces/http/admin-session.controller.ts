import { Body, Controller, Delete, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { Unauthenticated } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { ADMIN, PUBLIC } from '../../shared/author.js';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { formatInstant } from '../../shared/time.js';
import { AdminSessions } from '../admin-sessions.js';
import { Public } from '../api-key.guard.js';
import { endedSessionCookie, sessionCookie, sessionTokenIn } from '../session-cookie.js';
import { SignInAttempts } from '../sign-in-attempts.js';
import { NewSessionDto, SessionAnswer } from './admin-session.dto.js';

/** How a browser signs in with the admin key: for the dashboard, not for programs. */
@ApiTags('Dashboard')
@Public()
@Controller('admin/session')
export class AdminSessionController {
  constructor(
    private readonly sessions: AdminSessions,
    private readonly attempts: SignInAttempts,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Audited('admin.signed_in', null)
  @Answers(200, SessionAnswer, 'Exchange the admin key for a session cookie', [
    'unauthenticated',
    'rate_limited',
  ])
  @Examples({ 'The admin key': { admin_key: 'admin_…' } })
  begin(
    @Body() { admin_key: key }: NewSessionDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): SessionAnswer {
    request.author = PUBLIC;
    this.attempts.take(request.ip);
    const session = this.sessions.begin(key);
    if (session === null) throw new Unauthenticated('This is not the admin key.');
    request.author = ADMIN;
    this.attempts.forgive(request.ip);
    const maxAgeSeconds = Math.floor((session.expiresAt - this.clock.now()) / 1000);
    void reply
      .header('Set-Cookie', sessionCookie(session, maxAgeSeconds, this.config.publicUrl))
      .header('Cache-Control', 'no-store');
    return { expires_at: formatInstant(session.expiresAt, 'UTC') };
  }

  /** Also of a session that is over. */
  @Delete()
  @Audited('admin.signed_out', null)
  @Answers(204, null, 'Take the session cookie back', ['validation_failed'])
  end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const token = sessionTokenIn(request.headers);
    request.author = token !== null && this.sessions.isOpen(token) ? ADMIN : PUBLIC;
    void reply.header('Set-Cookie', endedSessionCookie(this.config.publicUrl));
  }
}

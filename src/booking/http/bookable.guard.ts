import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isUuid } from '../../shared/ids.js';
import { record } from '../../shared/record.js';
import { parseGivenInstant } from '../../shared/time.js';
import { scopeOf } from '../../workspaces/api-key.guard.js';
import { BookingPrecheck } from '../booking-precheck.js';

/**
 * Turns a dead booking calendar into 401 `calendar_reauth_required` before the handler runs, but after the
 * rules: a time that the rules forbid is 422 whatever the connection. A body that cannot be judged yet is
 * let through to the validation, which names its fields; a request with an idempotency key to the handler,
 * because a repeat gets the answer of the first request whatever the rules say by now.
 */
@Injectable()
export class BookableGuard implements CanActivate {
  constructor(private readonly precheck: BookingPrecheck) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context
      .switchToHttp()
      .getRequest<FastifyRequest<{ Params: { id: string }; Body: unknown }>>();
    if (request.headers['idempotency-key'] !== undefined) return true;
    const { start_time: start, duration_minutes: duration } = record(request.body);
    const startAt = parseGivenInstant(start);
    const durationMinutes = durationOf(duration);
    if (startAt === null || durationMinutes === undefined || !isUuid(request.params.id)) return true;
    await this.precheck.execute(request.params.id, scopeOf(context), {
      startAt,
      durationMinutes,
      holdId: null,
    });
    return true;
  }
}

/** Null when the configuration decides; undefined when the validation will refuse it. */
function durationOf(given: unknown): number | null | undefined {
  if (given === undefined) return null;
  const isValid = typeof given === 'number' && Number.isInteger(given) && given >= 5 && given <= 1440;
  return isValid ? given : undefined;
}

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ValidationFailed } from '../../shared/app-error.js';
import { isUuid } from '../../shared/ids.js';
import { DtoValidationPipe } from '../../shared/validation.pipe.js';
import { scopeOf } from '../../workspaces/api-key.guard.js';
import { BookingLimits } from '../booking-limits.js';
import { BookingPrecheck } from '../booking-precheck.js';
import type { Bookable } from '../bookable.js';
import { BookAppointmentDto, bookingWish } from './booking.dto.js';

interface Prechecked {
  bookable?: Bookable;
}

/**
 * Turns a dead booking calendar into 401 `calendar_reauth_required` before the handler runs, but after the
 * rules: a time that the rules forbid is 422 whatever the connection. A body that is not valid is
 * let through to the validation, which names its fields; a request with an idempotency key to the handler,
 * because a repeat gets the answer of the first request whatever the rules say by now.
 */
@Injectable()
export class BookableGuard implements CanActivate {
  constructor(
    private readonly precheck: BookingPrecheck,
    private readonly limits: BookingLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context
      .switchToHttp()
      .getRequest<Prechecked & FastifyRequest<{ Params: { id: string }; Body: unknown }>>();
    if (request.headers['idempotency-key'] !== undefined) return true;
    const body = await validBody(request.body);
    if (body === null || !isUuid(request.params.id)) return true;
    const { id } = request.params;
    const wish = bookingWish(body, '');
    const check = (): Promise<Bookable> => this.precheck.execute(id, scopeOf(context), wish);
    request.bookable = await this.limits.orRepeated(id, wish, check);
    return true;
  }
}

/** What the guard found out already; null when it let the request through unseen. */
export function precheckedOf(request: FastifyRequest & Prechecked): Bookable | null {
  return request.bookable ?? null;
}

/** Null when the handler's own validation will refuse it. */
async function validBody(given: unknown): Promise<BookAppointmentDto | null> {
  try {
    const body = await new DtoValidationPipe().transform(given, {
      type: 'body',
      metatype: BookAppointmentDto,
    });
    return body instanceof BookAppointmentDto ? body : null;
  } catch (error) {
    if (error instanceof ValidationFailed) return null;
    throw error;
  }
}

import { Body, Controller, Get, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiTags } from '../../shared/api-decorators.js';
import type { FastifyReply } from 'fastify';
import { Answers, Examples } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { mapPage } from '../../shared/page.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { Bookings } from '../bookings.js';
import { BookableGuard, precheckedOf } from './bookable.guard.js';
import { BookingCommands } from './booking-commands.js';
import {
  BookAppointmentDto,
  BookedAnswer,
  BookingDto,
  bookingFilter,
  BookingPage,
  BookingQuery,
  CancelBookingDto,
  RescheduleDto,
} from './booking.dto.js';
import { ApiIdempotencyKey, IdempotencyKey } from './idempotency-key.js';

@ApiTags('Bookings')
@Controller()
export class BookingController {
  constructor(
    private readonly commands: BookingCommands,
    private readonly bookings: Bookings,
  ) {}

  /** 201 `confirmed`; 202 `pending` when the slot is taken and the event follows as soon as Google answers. */
  @Post('calendars/configurations/:id/book-appointment')
  @Audited('booking.booked', { answer: 'booking_id' })
  @Answers(201, BookedAnswer, 'Book a time', [
    'calendar_reauth_required',
    'calendar_permission_denied',
    'slot_unavailable',
    'calendar_gone',
    'idempotency_in_progress',
    'conflict',
    'rules_violation',
    'idempotency_key_reused',
    'provider_unavailable',
    'calendar_unverifiable',
  ])
  @ApiAcceptedResponse({
    type: BookedAnswer,
    description: 'The time is taken; the event is written as soon as Google answers (`pending`).',
  })
  @Examples({
    'A visit': {
      start_time: '2027-03-10T09:00:00-05:00',
      title: 'Check-up',
      attendee_email: 'pat@example.com',
      attendee_name: 'Pat Doe',
    },
  })
  @ApiIdempotencyKey()
  @UseGuards(BookableGuard)
  async book(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @IdempotencyKey() key: string | null,
    @Body() body: BookAppointmentDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookedAnswer> {
    return sent(reply, await this.commands.book({ scope, id, key, body }, precheckedOf(reply.request)));
  }

  @Get('bookings')
  @Answers(200, BookingPage, 'List bookings')
  async list(@Scope() scope: WorkspaceScope, @Query() query: BookingQuery): Promise<BookingPage> {
    return mapPage(await this.bookings.list(scope, bookingFilter(query), query), BookingDto.of);
  }

  @Get('bookings/:id')
  @Answers(200, BookingDto, 'Show a booking')
  async one(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<BookingDto> {
    return BookingDto.of(found(await this.bookings.find(id, scope)));
  }

  @Post('bookings/:id/cancel')
  @Audited('booking.cancelled')
  @Answers(200, BookingDto, 'Cancel a booking and remove its event', [
    'idempotency_in_progress',
    'conflict',
    'idempotency_key_reused',
  ])
  @Examples({ 'With a reason': { reason: 'The guest is ill.' } })
  @ApiIdempotencyKey()
  async cancel(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @IdempotencyKey() key: string | null,
    @Body() body: CancelBookingDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookingDto> {
    return sent(reply, await this.commands.cancel({ scope, id, key, body }));
  }

  /** 200 at the new time; 202 `pending` when the event follows as soon as Google answers. */
  @Post('bookings/:id/reschedule')
  @Audited('booking.rescheduled')
  @Answers(200, BookingDto, 'Move a booking to another time', [
    'calendar_reauth_required',
    'calendar_permission_denied',
    'slot_unavailable',
    'calendar_gone',
    'idempotency_in_progress',
    'conflict',
    'rules_violation',
    'idempotency_key_reused',
    'calendar_unverifiable',
  ])
  @ApiAcceptedResponse({
    type: BookingDto,
    description: 'The new time is taken; the event is moved as soon as Google answers (`pending`).',
  })
  @Examples({ 'An hour later': { start_time: '2027-03-10T10:00:00-05:00' } })
  @ApiIdempotencyKey()
  async reschedule(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @IdempotencyKey() key: string | null,
    @Body() body: RescheduleDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookingDto> {
    return sent(reply, await this.commands.reschedule({ scope, id, key, body }));
  }
}

const RECONCILED_AFTER_SECONDS = 5;
const ACCEPTED = 202;

function sent<T>(reply: FastifyReply, { status, body }: { status: number; body: T }): T {
  void reply.status(status);
  if (status === ACCEPTED) void reply.header('Retry-After', String(RECONCILED_AFTER_SECONDS));
  return body;
}

import { Body, Controller, Get, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Answers, Examples } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { mapPage } from '../../shared/page.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { BookAppointment } from '../book-appointment.js';
import { Bookings } from '../bookings.js';
import { CancelBooking } from '../cancel-booking.js';
import { BookableGuard } from './bookable.guard.js';
import {
  BookAppointmentDto,
  BookedAnswer,
  BookingDto,
  bookingFilter,
  BookingPage,
  BookingQuery,
  bookingWish,
  CancelBookingDto,
} from './booking.dto.js';

const RECONCILED_AFTER_SECONDS = 10;

@ApiTags('Bookings')
@Controller()
export class BookingController {
  constructor(
    private readonly bookAppointment: BookAppointment,
    private readonly cancelBooking: CancelBooking,
    private readonly bookings: Bookings,
  ) {}

  /** 201 `confirmed`; 202 `pending` when the slot is taken and the event follows as soon as Google answers. */
  @Post('calendars/configurations/:id/book-appointment')
  @Answers(201, BookedAnswer, 'Book a time', [
    'calendar_reauth_required',
    'calendar_permission_denied',
    'slot_unavailable',
    'calendar_gone',
    'conflict',
    'rules_violation',
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
  @UseGuards(BookableGuard)
  async book(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() body: BookAppointmentDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookedAnswer> {
    const booked = await this.bookAppointment.execute(id, scope, bookingWish(body));
    if (booked.booking.status === 'pending')
      void reply.status(202).header('Retry-After', String(RECONCILED_AFTER_SECONDS));
    return BookedAnswer.ofBooked(booked);
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
  @Answers(200, BookingDto, 'Cancel a booking and remove its event', ['conflict'])
  @Examples({ 'With a reason': { reason: 'The guest is ill.' } })
  async cancel(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() { reason }: CancelBookingDto,
  ): Promise<BookingDto> {
    return BookingDto.of(await this.cancelBooking.execute(id, scope, reason ?? null));
  }
}

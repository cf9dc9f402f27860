import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
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
@ApiBearerAuth('workspace_key')
@Controller()
export class BookingController {
  constructor(
    private readonly bookAppointment: BookAppointment,
    private readonly cancelBooking: CancelBooking,
    private readonly bookings: Bookings,
  ) {}

  /** 201 `confirmed`; 202 `pending` when the slot is taken and the event follows as soon as Google answers. */
  @Post('calendars/configurations/:id/book-appointment')
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
  async list(@Scope() scope: WorkspaceScope, @Query() query: BookingQuery): Promise<BookingPage> {
    return mapPage(await this.bookings.list(scope, bookingFilter(query), query), BookingDto.of);
  }

  @Get('bookings/:id')
  async one(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<BookingDto> {
    return BookingDto.of(found(await this.bookings.find(id, scope)));
  }

  @Post('bookings/:id/cancel')
  @HttpCode(200)
  async cancel(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() { reason }: CancelBookingDto,
  ): Promise<BookingDto> {
    return BookingDto.of(await this.cancelBooking.execute(id, scope, reason ?? null));
  }
}

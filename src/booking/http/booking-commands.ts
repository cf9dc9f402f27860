import { Injectable } from '@nestjs/common';
import { sha256 } from '../../shared/hashing.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { BookAppointment, type Booked } from '../book-appointment.js';
import type { Bookable } from '../bookable.js';
import type { Booking } from '../booking.js';
import { CancelBooking } from '../cancel-booking.js';
import type { Answer } from '../idempotency-keys.js';
import { OncePerKey, type OnceRequest } from '../once-per-key.js';
import { RescheduleBooking } from '../reschedule-booking.js';
import { ResumeBooking } from '../resume-booking.js';
import {
  BookAppointmentDto,
  BookedAnswer,
  BookingDto,
  bookingWish,
  CancelBookingDto,
  RescheduleDto,
  timeWish,
} from './booking.dto.js';

interface Command<B> {
  readonly scope: WorkspaceScope;
  readonly id: string;
  /** Idempotency key. */
  readonly key: string | null;
  readonly body: B;
}

/** The requests that change something, as answers that can be kept under an idempotency key. */
@Injectable()
export class BookingCommands {
  constructor(
    private readonly oncePerKey: OncePerKey,
    private readonly bookAppointment: BookAppointment,
    private readonly resumeBooking: ResumeBooking,
    private readonly cancelBooking: CancelBooking,
    private readonly rescheduleBooking: RescheduleBooking,
  ) {}

  /** @param bookable what is known of the wish already; null: nothing */
  async book(command: Command<BookAppointmentDto>, bookable: Bookable | null): Promise<Answer<BookedAnswer>> {
    const { scope, id, body } = command;
    return this.oncePerKey.execute(once('book', command), {
      run: async (bookingId) =>
        booked(await this.bookAppointment.execute(id, scope, bookingWish(body, bookingId), bookable)),
      resume: async (bookingId) => {
        const made = await this.resumeBooking.execute(bookingId, scope);
        return made && booked(made);
      },
    });
  }

  async cancel(command: Command<CancelBookingDto>): Promise<Answer<BookingDto>> {
    const { scope, id, body } = command;
    const run = async (): Promise<Answer<BookingDto>> => ({
      status: 200,
      body: BookingDto.of(await this.cancelBooking.execute(id, scope, body.reason ?? null)),
    });
    return this.oncePerKey.execute(once('cancel', command), { run });
  }

  async reschedule(command: Command<RescheduleDto>): Promise<Answer<BookingDto>> {
    const { scope, id, body } = command;
    const run = async (): Promise<Answer<BookingDto>> => {
      const booking = await this.rescheduleBooking.execute(id, scope, timeWish(body));
      return { status: statusOf(booking, 200), body: BookingDto.of(booking) };
    };
    return this.oncePerKey.execute(once('reschedule', command), { run });
  }
}

function booked(made: Booked): Answer<BookedAnswer> {
  return { status: statusOf(made.booking, 201), body: BookedAnswer.ofBooked(made) };
}

/** Accepted, but not known to be done, is 202. */
function statusOf({ status }: Booking, done: number): number {
  return status === 'pending' ? 202 : done;
}

/** The order in which a client writes the fields of the same body makes no other request of it. */
function once(what: string, { scope, id, key, body }: Command<object>): OnceRequest {
  const fields = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
  return { scope, key, hash: sha256(JSON.stringify([what, id, fields])).toString('hex') };
}

import { Injectable } from '@nestjs/common';
import type { CalendarHealthView } from '../availability/calendar-health-view.js';
import { CalendarGone, CalendarPermissionDenied } from '../calendars/calendar.errors.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import type { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { ProviderError, type Failure } from '../shared/failure.js';
import { Ids } from '../shared/ids.js';
import { formatInstant } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { eventIdOf, type Attendee, type Booking, type NewBooking } from './booking.js';
import { BookingPrecheck, type Bookable, type TimeWish } from './booking-precheck.js';
import { EventRefused, SlotUnavailable } from './booking.errors.js';
import { Bookings } from './bookings.js';
import { FindAlternatives } from './find-alternatives.js';
import { FreshCheck } from './fresh-check.js';
import { WriteEvent } from './write-event.js';

export interface BookingWish extends TimeWish {
  readonly title: string;
  readonly description: string | null;
  readonly attendee: Attendee;
}

/** `booking.status` is `confirmed`, or `pending` when the provider's answer is still open. */
export interface Booked {
  readonly booking: Booking;
  readonly health: CalendarHealthView;
  readonly warnings: readonly string[];
}

/**
 * Books an appointment: rules, connection, fresh look at the calendars, claim in our database, event,
 * confirmation. Nothing is written before the claim, and the claim settles every race.
 */
@Injectable()
export class BookAppointment {
  constructor(
    private readonly precheck: BookingPrecheck,
    private readonly freshCheck: FreshCheck,
    private readonly claimSlot: ClaimSlot,
    private readonly writeEvent: WriteEvent,
    private readonly limits: BookingLimits,
  ) {}

  /**
   * @throws RulesViolation | ReauthRequired | SlotUnavailable | CalendarGone | CalendarPermissionDenied |
   *   CalendarUnverifiable | EventRefused
   */
  async execute(configurationId: string, scope: WorkspaceScope, wish: BookingWish): Promise<Booked> {
    const deadline = this.limits.deadline();
    const bookable = await this.precheck.execute(configurationId, scope, wish);
    const { taken, health, warnings } = await this.freshCheck.execute(bookable, deadline);
    const booking = taken ? null : await this.claimSlot.execute(bookable, wish);
    if (booking === null) throw await this.limits.unavailable(bookable, health, deadline);
    try {
      const outcome = await this.writeEvent.execute(booking, bookable.calendars[0], deadline);
      return { booking: outcome.booking, health, warnings };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      throw this.limits.refusal(bookable, error.failure, health);
    }
  }
}

/** Turns an allowed wish into a claimed, pending booking. */
@Injectable()
export class ClaimSlot {
  constructor(
    private readonly bookings: Bookings,
    private readonly ids: Ids,
  ) {}

  /** Null when somebody else was faster. */
  async execute(bookable: Bookable, wish: BookingWish): Promise<Booking | null> {
    return this.bookings.claim(newBooking(this.ids.next(), bookable, wish), bookable.needed);
  }
}

/** How long a booking may take, and what its refusals say. */
@Injectable()
export class BookingLimits {
  constructor(
    private readonly alternatives: FindAlternatives,
    private readonly accounts: ConnectedAccounts,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  deadline(): Deadline {
    return Deadline.in(this.config.bookingDeadlineMs, this.clock);
  }

  async unavailable(
    bookable: Bookable,
    health: CalendarHealthView,
    deadline: Deadline,
  ): Promise<SlotUnavailable> {
    const zone = bookable.configuration.timezone;
    const free = await this.alternatives.execute(bookable, deadline);
    const alternatives = free.map(({ startAt, endAt }) => ({
      start_time: formatInstant(startAt, zone),
      end_time: formatInstant(endAt, zone),
    }));
    return new SlotUnavailable({ alternatives, calendar_health: health });
  }

  refusal({ calendars }: Bookable, failure: Failure, health: CalendarHealthView): AppError {
    const details = { calendar_health: health };
    if (failure.needsReauth) return this.accounts.reauthRequired(calendars[0].connectionId, failure, details);
    if (failure.category === 'calendar_not_found') return new CalendarGone(details);
    if (failure.category === 'permission_error') return new CalendarPermissionDenied(details);
    return new EventRefused(failure, details);
  }
}

function newBooking(id: string, { configuration, calendars, slot }: Bookable, wish: BookingWish): NewBooking {
  const { title, description, attendee } = wish;
  return {
    id,
    workspaceId: configuration.workspaceId,
    configurationId: configuration.id,
    calendarId: calendars[0].id,
    configName: configuration.name,
    ...slot,
    timezone: configuration.timezone,
    title,
    description,
    attendee,
    meetingType: configuration.meetingType,
    meetingLink: configuration.meetingLink,
    meetingAddress: configuration.meetingAddress,
    createMeetLink: configuration.createMeetLink,
    eventId: eventIdOf(id, 0),
    eventGeneration: 0,
  };
}

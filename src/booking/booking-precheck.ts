import { Injectable } from '@nestjs/common';
import { calendarHealth } from '../availability/calendar-health.js';
import { calendarHealthView } from '../availability/calendar-health-view.js';
import type { Calendar } from '../calendars/calendar.js';
import { Calendars } from '../calendars/calendars.js';
import { calendarIdsOf, type Configuration } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import { Conflict, found, NotFound } from '../shared/app-error.js';
import type { Instant, Interval } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { withBuffers, type Bookable } from './bookable.js';
import { BookingRules } from './booking-rules.js';
import type { TimeWish } from './booking-wish.js';
import type { Booking } from './booking.js';
import type { Hold } from './hold.js';
import { HeldTime } from './held-time.js';

const MINUTE_MS = 60_000;

/** What can be refused before any calendar is asked: first the rules, then a dead connection. */
@Injectable()
export class BookingPrecheck {
  constructor(
    private readonly configurations: Configurations,
    private readonly calendars: Calendars,
    private readonly rules: BookingRules,
    private readonly accounts: ConnectedAccounts,
    private readonly heldTime: HeldTime,
  ) {}

  /** @throws NotFound | ValidationFailed | Conflict | RulesViolation | ReauthRequired */
  async execute(
    configurationId: string,
    scope: WorkspaceScope,
    wish: TimeWish & { readonly holdId: string | null },
  ): Promise<Bookable> {
    const configuration = found(await this.configurations.find(configurationId, scope));
    const durationMinutes = wish.durationMinutes ?? configuration.durationMinutes;
    await this.rules.check(configuration, wish.startAt, durationMinutes, wish.holdId);
    const slot = { startAt: wish.startAt, endAt: wish.startAt + durationMinutes * MINUTE_MS };
    const hold = wish.holdId === null ? null : await this.heldTime.covering(wish.holdId, configuration, slot);
    const bookable = await this.#bookable(configuration, slot, hold);
    await this.#requireConnected(bookable);
    return bookable;
  }

  /**
   * The same for a booking that is to move. It stays in its calendar, also when the configuration has
   * another one by now.
   *
   * @throws Conflict | RulesViolation | ReauthRequired
   */
  async forMove(booking: Booking, startAt: Instant, durationMinutes: number): Promise<Bookable> {
    const configuration = await this.#rulesOf(booking);
    await this.rules.check(configuration, startAt, durationMinutes, booking.id);
    const slot = { startAt, endAt: startAt + durationMinutes * MINUTE_MS };
    const bookable = await this.#bookable(configuration, slot, null);
    await this.#requireConnected(bookable);
    return bookable;
  }

  /** What a booking was made of; its time was allowed once and is not judged again. @throws Conflict */
  async ofBooking(booking: Booking): Promise<Bookable> {
    return this.#bookable(await this.#rulesOf(booking), booking, null);
  }

  /** No calendar is asked for a booking that cannot be written; the health says so of the one that matters. */
  async #requireConnected({ configuration, calendars: [calendar] }: Bookable): Promise<void> {
    const standing = await this.accounts.standingFailure(calendar.connectionId);
    if (standing === null) return;
    const unread = { calendar, ...standing, source: 'none', asOf: null, busy: [], covered: [] } as const;
    const health = calendarHealthView(calendarHealth([unread]), configuration.timezone);
    throw this.accounts.reauthRequired(calendar.connectionId, standing.failure, { calendar_health: health });
  }

  async #rulesOf({ configurationId, calendarId }: Booking): Promise<Configuration> {
    const present = configurationId === null ? null : await this.configurations.find(configurationId, 'all');
    if (present === null)
      throw new Conflict('The configuration of the booking is gone, and its rules with it.');
    return { ...present, calendarId, conflictCalendarIds: calendarIdsOf(present) };
  }

  async #bookable(
    configuration: Configuration,
    { startAt, endAt }: Interval,
    hold: Hold | null,
  ): Promise<Bookable> {
    const slot = { startAt, endAt };
    const scope = { workspaceId: configuration.workspaceId };
    const [calendar, ...others]: Calendar[] = await this.calendars.findMany(
      calendarIdsOf(configuration),
      scope,
    );
    if (calendar === undefined) throw new NotFound('There is no such object.');
    return {
      configuration,
      durationMinutes: (endAt - startAt) / MINUTE_MS,
      slot,
      needed: withBuffers(slot, configuration),
      calendars: [calendar, ...others],
      hold,
    };
  }
}

import { Injectable } from '@nestjs/common';
import { timeProblem } from '../availability/bookable-days.js';
import { SlotResearch } from '../availability/slot-research.js';
import type { Calendar } from '../calendars/calendar.js';
import { Calendars } from '../calendars/calendars.js';
import { calendarIdsOf, type Configuration } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import { ConnectedAccounts } from '../oauth/connected-accounts.js';
import { found, NotFound, RulesViolation } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { localDayOf, type Instant, type Interval } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { TimeWish } from './booking-wish.js';

const MINUTE_MS = 60_000;

/** A wish that the rules allow, with what is needed to grant it. */
export interface Bookable {
  readonly configuration: Configuration;
  readonly durationMinutes: number;
  readonly slot: Interval;
  /** The slot with its buffers: what must be free, and what a booking takes. */
  readonly needed: Interval;
  /** The booking calendar first. */
  readonly calendars: readonly [Calendar, ...Calendar[]];
}

/** What can be refused before any calendar is asked: first the rules, then a dead connection. */
@Injectable()
export class BookingPrecheck {
  constructor(
    private readonly configurations: Configurations,
    private readonly calendars: Calendars,
    private readonly research: SlotResearch,
    private readonly accounts: ConnectedAccounts,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound @throws RulesViolation @throws ReauthRequired */
  async execute(configurationId: string, scope: WorkspaceScope, wish: TimeWish): Promise<Bookable> {
    const configuration = found(await this.configurations.find(configurationId, scope));
    const durationMinutes = wish.durationMinutes ?? configuration.durationMinutes;
    await this.#checkRules(configuration, wish.startAt, durationMinutes);
    const [calendar, ...others] = await this.calendars.findMany(calendarIdsOf(configuration), scope);
    if (calendar === undefined) throw new NotFound('There is no such object.');
    await this.accounts.requireConnected(calendar.connectionId);
    const slot = { startAt: wish.startAt, endAt: wish.startAt + durationMinutes * MINUTE_MS };
    const needed = {
      startAt: slot.startAt - configuration.prepTimeMinutes * MINUTE_MS,
      endAt: slot.endAt + configuration.bufferAfterMinutes * MINUTE_MS,
    };
    return { configuration, durationMinutes, slot, needed, calendars: [calendar, ...others] };
  }

  async #checkRules(configuration: Configuration, startAt: Instant, durationMinutes: number): Promise<void> {
    const problem = timeProblem(configuration, startAt, durationMinutes, this.clock.now());
    if (problem !== null) throw new RulesViolation(problem);
    const day = localDayOf(startAt, configuration.timezone);
    const full = await this.research.fullDays(configuration, { firstDay: day, lastDay: day });
    if (full.has(day)) throw new RulesViolation('The day has reached its limit of bookings.');
  }
}

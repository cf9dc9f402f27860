import { Injectable } from '@nestjs/common';
import { timeProblem } from '../availability/bookable-days.js';
import { SlotResearch } from '../availability/slot-research.js';
import type { Configuration } from '../configurations/configuration.js';
import { RulesViolation } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { localDayOf, type Instant } from '../shared/time.js';
import { DayFull } from './booking.errors.js';

/** The rules of a configuration, as they stand against one time. */
@Injectable()
export class BookingRules {
  constructor(
    private readonly research: SlotResearch,
    private readonly clock: Clock,
  ) {}

  /**
   * @param ownId of the booking that is to move, or of the hold that is to be spent: it has its place of the day already
   * @throws RulesViolation
   */
  async check(
    configuration: Configuration,
    startAt: Instant,
    durationMinutes: number,
    ownId: string | null = null,
  ): Promise<void> {
    const problem = timeProblem(configuration, startAt, durationMinutes, this.clock.now());
    if (problem !== null) throw new RulesViolation(problem);
    const day = localDayOf(startAt, configuration.timezone);
    const full = await this.research.fullDays(configuration, { firstDay: day, lastDay: day }, ownId);
    if (full.has(day)) throw new DayFull();
  }
}

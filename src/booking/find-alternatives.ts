import { Injectable } from '@nestjs/common';
import { offerSlots } from '../availability/offer-slots.js';
import { SlotResearch } from '../availability/slot-research.js';
import { Clock } from '../shared/clock.js';
import type { Deadline } from '../shared/deadline.js';
import { localDayOf, type Interval } from '../shared/time.js';
import type { Bookable } from './bookable.js';

const MAX_ALTERNATIVES = 5;
const DAYS_AROUND = 3;

/** Free times near a wish that could not be granted, nearest first. */
@Injectable()
export class FindAlternatives {
  constructor(
    private readonly research: SlotResearch,
    private readonly clock: Clock,
  ) {}

  async execute(
    { configuration, calendars, durationMinutes, slot }: Bookable,
    deadline: Deadline,
  ): Promise<Interval[]> {
    const day = localDayOf(slot.startAt, configuration.timezone);
    const range = { firstDay: day - DAYS_AROUND, lastDay: day + DAYS_AROUND };
    const open = await this.research.openTime(configuration, range, durationMinutes, this.clock.now());
    if (!open.hasRoom) return [];
    const live = { window: open.window, deadline, priority: 'request' } as const;
    const { reads, claims } = await this.research.known(configuration, calendars, live);
    const { slots } = offerSlots(open.search, reads, claims, configuration.onUnverified);
    const distance = ({ startAt }: Interval): number => Math.abs(startAt - slot.startAt);
    return slots.toSorted((a, b) => distance(a) - distance(b)).slice(0, MAX_ALTERNATIVES);
  }
}

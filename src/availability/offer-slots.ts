import type { CalendarRead } from '../calendars/read-busy.js';
import type { UnverifiedPolicy } from '../configurations/configuration.js';
import type { Instant, Interval } from '../shared/time.js';
import { busyTable } from './busy-table.js';
import { freeSlots, type SlotSearch } from './free-slots.js';

/** How sure a slot is: the worst over the calendars it depends on. */
export type Confidence = 'verified' | 'last_known' | 'unverified';
export type NoSlotsReason = 'fully_booked' | 'rules_violation' | 'calendars_unverified';

export interface Slot extends Interval {
  readonly confidence: Confidence;
}

export interface Offer {
  readonly slots: readonly Slot[];
  readonly noSlotsReason: NoSlotsReason | null;
}

const MINUTE_MS = 60_000;

/**
 * The slots that may be offered. What no calendar vouches for is offered as the policy says, but never as
 * verified; and when nothing is known of any calendar, nothing is offered at all.
 */
export function offerSlots(
  search: Omit<SlotSearch, 'busy'>,
  reads: readonly CalendarRead[],
  claims: readonly Interval[],
  policy: UnverifiedPolicy,
): Offer {
  if (reads.every(({ source }) => source === 'none'))
    return { slots: [], noSlotsReason: 'calendars_unverified' };
  const busy = [...reads.map((read) => busyTable(read.busy)), busyTable(claims)];
  const starts = freeSlots({ ...search, busy });
  const { prepMinutes, durationMinutes, bufferMinutes } = search;
  const slots = Array.from(starts, (start): Slot => {
    const startAt = start * MINUTE_MS;
    const endAt = startAt + durationMinutes * MINUTE_MS;
    const needed = { startAt: startAt - prepMinutes * MINUTE_MS, endAt: endAt + bufferMinutes * MINUTE_MS };
    return { startAt, endAt, confidence: confidenceIn(reads, needed) };
  });
  const offered = policy === 'block' ? slots.filter(({ confidence }) => confidence !== 'unverified') : slots;
  if (offered.length > 0) return { slots: offered, noSlotsReason: null };
  return { slots: [], noSlotsReason: slots.length > 0 ? 'calendars_unverified' : 'fully_booked' };
}

/** How sure the calendars together are of one stretch of time. */
export function confidenceIn(reads: readonly CalendarRead[], needed: Interval): Confidence {
  let worst: Confidence = 'verified';
  for (const { source, covered } of reads) {
    if (!covered.some((part) => contains(part, needed))) return 'unverified';
    if (source === 'last_known') worst = 'last_known';
  }
  return worst;
}

/** Whether a stretch of time meets busy time of any calendar, or a claim. */
export function isTaken(
  reads: readonly CalendarRead[],
  claims: readonly Interval[],
  needed: Interval,
): boolean {
  return overlaps(claims, needed) || reads.some(({ busy }) => overlaps(busy, needed));
}

function overlaps(intervals: readonly Interval[], { startAt, endAt }: Interval): boolean {
  return intervals.some((other) => other.startAt < endAt && startAt < other.endAt);
}

function contains(outer: Interval, inner: { startAt: Instant; endAt: Instant }): boolean {
  return outer.startAt <= inner.startAt && inner.endAt <= outer.endAt;
}

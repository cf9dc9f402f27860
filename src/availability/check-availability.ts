import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import type { CalendarRead } from '../calendars/read-busy.js';
import { calendarIdsOf, type Configuration } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import { ProviderUnavailable } from '../oauth/oauth.errors.js';
import { found } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { Failure } from '../shared/failure.js';
import { intersection, merged, type Interval } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { rangeProblem, spanOf, type DayRange } from './bookable-days.js';
import { calendarHealth, healthWarnings, unaskedHealth, type CalendarHealth } from './calendar-health.js';
import { calendarHealthView } from './calendar-health-view.js';
import type { Claim } from './claimed-times.js';
import { offerSlots, type Offer } from './offer-slots.js';
import { SlotResearch } from './slot-research.js';
import { Bookability } from './bookability.js';

/** Bounds the work and the answer of one request (F58). */
const MAX_SLOTS = 5000;

export interface AvailabilityWish extends DayRange {
  /** Null: the configuration's. */
  readonly durationMinutes: number | null;
}

export interface BusyPeriod extends Interval {
  readonly calendarName: string;
}

export interface Availability extends Offer {
  readonly configuration: Configuration;
  readonly durationMinutes: number;
  readonly totalSlots: number;
  readonly busyPeriods: readonly BusyPeriod[];
  /** The booking calendar's connection needs somebody to act before anything can be booked. */
  readonly requiresReauth: boolean;
  readonly health: CalendarHealth;
  readonly warnings: readonly string[];
}

/** When a configuration can be booked, and how sure that is. One failing calendar never fails the request. */
@Injectable()
export class CheckAvailability {
  constructor(
    private readonly configurations: Configurations,
    private readonly calendars: Calendars,
    private readonly research: SlotResearch,
    private readonly bookability: Bookability,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound @throws ProviderUnavailable every calendar failed for the moment, and nothing older is known */
  async execute(id: string, scope: WorkspaceScope, wish: AvailabilityWish): Promise<Availability> {
    const configuration = found(await this.configurations.find(id, scope));
    const calendars = await this.calendars.findMany(calendarIdsOf(configuration), scope);
    const durationMinutes = wish.durationMinutes ?? configuration.durationMinutes;
    const now = this.clock.now();
    const open = await this.research.openTime(configuration, wish, durationMinutes, now);
    if (!open.hasRoom) {
      const reason = open.isFull ? LIMIT_REACHED : rangeProblem(configuration, wish, now);
      const health = unaskedHealth(calendars.length, reason);
      const requiresReauth = await this.bookability.requiresReauth(configuration, calendars);
      return { ...NOTHING_OPEN, configuration, durationMinutes, requiresReauth, health };
    }
    const deadline = this.bookability.deadline();
    const live = { window: open.window, deadline, priority: 'request' } as const;
    const { reads, claims } = await this.research.known(configuration, calendars, live);
    const health = calendarHealth(reads);
    refuseWhenNothingKnown(reads, health, configuration.timezone);
    const offer = offerSlots(open.search, reads, claims, configuration.onUnverified);
    return {
      ...bounded(offer),
      configuration,
      durationMinutes,
      busyPeriods: busyPeriods(reads, claims, spanOf(wish, configuration.timezone)),
      requiresReauth: await this.bookability.requiresReauth(configuration, calendars),
      health,
      warnings: [...healthWarnings(reads), ...boundedWarning(offer)],
    };
  }
}

const LIMIT_REACHED = 'The limit of bookings per day is reached.';

const NOTHING_OPEN = {
  slots: [],
  noSlotsReason: 'rules_violation',
  totalSlots: 0,
  busyPeriods: [],
  warnings: [],
} as const;

function refuseWhenNothingKnown(reads: readonly CalendarRead[], health: CalendarHealth, zone: string): void {
  const failures = reads.map(({ source, failure }) => (source === 'none' ? failure : null));
  const [first] = failures;
  if (first && failures.every((failure) => failure !== null && isPassing(failure)))
    throw new ProviderUnavailable(first, { calendar_health: calendarHealthView(health, zone) });
}

function isPassing({ category, needsReauth }: Failure): boolean {
  return !needsReauth && (category === 'connection_error' || category === 'rate_limited');
}

function bounded({ slots, noSlotsReason }: Offer): Offer & { totalSlots: number } {
  return { slots: slots.slice(0, MAX_SLOTS), totalSlots: slots.length, noSlotsReason };
}

function boundedWarning({ slots }: Offer): string[] {
  if (slots.length <= MAX_SLOTS) return [];
  return [`Only the first ${MAX_SLOTS} of ${slots.length} slots are listed; ask for fewer days`];
}

function busyPeriods(reads: readonly CalendarRead[], claims: readonly Claim[], days: Interval): BusyPeriod[] {
  return reads
    .flatMap(({ calendar, busy }) => {
      const own = claims.filter(({ calendarId }) => calendarId === calendar.id);
      const inside = [...busy, ...own].flatMap((period) => intersection(period, days) ?? []);
      return merged(inside).map((period) => ({ ...period, calendarName: calendar.name }));
    })
    .sort((a, b) => a.startAt - b.startAt || a.endAt - b.endAt);
}

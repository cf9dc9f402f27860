import { UNCHECKED, type Calendar, type CalendarState } from '../../src/calendars/calendar.js';
import type { RemoteCalendar } from '../../src/calendars/calendar-provider.js';
import { Calendars, type CalendarCheck, type HealthReading } from '../../src/calendars/calendars.js';
import { FixedClock, type Clock } from '../../src/shared/clock.js';
import { SequentialIds, type Ids } from '../../src/shared/ids.js';
import type { Page, PageQuery } from '../../src/shared/page.js';
import type { Instant } from '../../src/shared/time.js';
import type { WorkspaceScope } from '../../src/workspaces/workspace.js';
import { pageOf } from './in-memory-page.js';

/** Lists calendars in the order in which they came. */
export class InMemoryCalendars extends Calendars {
  readonly #rows = new Map<string, Calendar>();
  /** All that were recorded; asking for them is no part of the port. */
  readonly checks: CalendarCheck[] = [];

  constructor(
    private readonly ids: Ids = new SequentialIds(),
    private readonly clock: Clock = new FixedClock(0),
  ) {
    super();
  }

  /** Puts a calendar there as it is. */
  given(calendar: Calendar): Calendar {
    this.#rows.set(calendar.id, calendar);
    return calendar;
  }

  async find(id: string, scope: WorkspaceScope): Promise<Calendar | null> {
    return this.#visible(scope).find((row) => row.id === id) ?? null;
  }

  async findMany(ids: readonly string[], scope: WorkspaceScope): Promise<Calendar[]> {
    const visible = this.#visible(scope);
    return ids.flatMap((id) => visible.find((row) => row.id === id) ?? []);
  }

  async list(scope: WorkspaceScope, connectionId: string | null, page: PageQuery): Promise<Page<Calendar>> {
    const rows = this.#visible(scope);
    return pageOf(
      rows.filter((row) => connectionId === null || row.connectionId === connectionId),
      page,
    );
  }

  async all(scope: WorkspaceScope): Promise<Calendar[]> {
    return this.#visible(scope);
  }

  async gone(scope: WorkspaceScope): Promise<Calendar[]> {
    return this.#visible(scope).filter(({ active }) => !active);
  }

  async ofConnections(connectionIds: readonly string[]): Promise<Calendar[]> {
    return this.#visible('all').filter((row) => row.active && connectionIds.includes(row.connectionId));
  }

  async sync(
    owner: { readonly workspaceId: string; readonly connectionId: string },
    remote: readonly RemoteCalendar[],
  ): Promise<Calendar[]> {
    const owned = this.#visible('all').filter((row) => row.connectionId === owner.connectionId);
    for (const row of owned) this.given({ ...row, active: false });
    for (const calendar of remote) {
      const before = owned.find((row) => row.externalId === calendar.externalId);
      const { id, health } = before ?? { id: this.ids.next(), health: UNCHECKED };
      this.given({ ...owner, ...calendar, id, active: true, health });
    }
    return this.ofConnections([owner.connectionId]);
  }

  async recordHealth(readings: readonly HealthReading[]): Promise<void> {
    for (const reading of readings) this.#see(reading, this.clock.now());
  }

  async recordChecks(checks: readonly CalendarCheck[]): Promise<void> {
    for (const check of checks) {
      this.#see(check, check.at);
      const isKept = this.checks.some(
        ({ calendarId, at }) => calendarId === check.calendarId && at === check.at,
      );
      if (this.#rows.has(check.calendarId) && !isKept) this.checks.push(check);
    }
  }

  #see({ calendarId, failure }: HealthReading, at: Instant): void {
    const row = this.#rows.get(calendarId);
    if (row === undefined || (row.health.checkedAt ?? at) > at) return;
    this.given({ ...row, health: stateAfter(row.health, failure, at) });
  }

  #visible(scope: WorkspaceScope): Calendar[] {
    return [...this.#rows.values()].filter((row) => scope === 'all' || row.workspaceId === scope.workspaceId);
  }
}

function stateAfter(
  { unhealthySince }: CalendarState,
  failure: HealthReading['failure'],
  checkedAt: Instant,
): CalendarState {
  if (failure === null) return { ...UNCHECKED, status: 'healthy', checkedAt };
  const { category, message, needsReauth: ofConnection } = failure;
  const since = unhealthySince ?? checkedAt;
  return { status: 'unhealthy', category, message, checkedAt, unhealthySince: since, ofConnection };
}

import { Injectable } from '@nestjs/common';
import type { Connection } from '../oauth/connection.js';
import { Connections } from '../oauth/connections.js';
import { Clock } from '../shared/clock.js';
import type { Failure } from '../shared/failure.js';
import { grouped } from '../shared/grouped.js';
import { SharedWork } from '../shared/shared-work.js';
import { innerUtcDays, intersection, wholeUtcDays, type Instant, type Interval } from '../shared/time.js';
import type { Calendar } from './calendar.js';
import { Calendars } from './calendars.js';
import { newsOf } from './connection-news.js';
import { KnownBusy, type KnownBusyTimes } from './known-busy.js';
import { LiveBusy, type LiveRead, type LiveWish } from './live-busy.js';

export type BusySource = 'live' | 'mirror' | 'last_known' | 'none';

/** What is known of one calendar inside the window, how, and as of when. */
export interface CalendarRead {
  readonly calendar: Calendar;
  readonly accountEmail: string;
  readonly source: BusySource;
  readonly asOf: Instant | null;
  readonly busy: readonly Interval[];
  /** Where inside the window `busy` is the whole truth as of `asOf`; elsewhere the calendar is unknown. */
  readonly covered: readonly Interval[];
  /** Why the read failed; also set when older knowledge stands in. */
  readonly failure: Failure | null;
}

/** The window is asked for as it is; whole UTC days of it are remembered for later. */
export interface BusyWish extends LiveWish {
  readonly calendars: readonly Calendar[];
  /** How old the knowledge may be that stands in for a failed read; null: none may. */
  readonly lastKnownMaxAgeMs: number | null;
}

/** Who asks the same within a blink gets the same answer. A booking's own look is never shared. */
const JOINABLE_MS = 250;

/** Reads calendars of any number of connections at once. One that fails never takes another down. */
@Injectable()
export class ReadBusy {
  readonly #shared: SharedWork<CalendarRead[]>;

  constructor(
    private readonly live: LiveBusy,
    private readonly known: KnownBusy,
    private readonly calendars: Calendars,
    private readonly connections: Connections,
    private readonly clock: Clock,
  ) {
    this.#shared = new SharedWork(JOINABLE_MS, clock);
  }

  /** In the order of `wish.calendars`. Never throws for a provider. */
  async execute(wish: BusyWish): Promise<CalendarRead[]> {
    return wish.priority === 'request'
      ? this.#shared.run(questionOf(wish), () => this.#read(wish))
      : this.#read(wish);
  }

  async #read(wish: BusyWish): Promise<CalendarRead[]> {
    const { window } = wish;
    const readAt = this.clock.now();
    const groups = grouped(wish.calendars, ({ connectionId }) => connectionId);
    const connections = new Map((await this.connections.findMany([...groups.keys()])).map((c) => [c.id, c]));
    const lives = await Promise.all(
      [...groups].map(([id, group]) => this.live.read(id, group, wish).then((read) => ({ id, read }))),
    );
    const reads = new Map(lives.flatMap(({ read }) => [...read.reads]));
    const failed = wish.calendars.filter(({ id }) => reads.get(id)?.failure);
    const [recalled] = await Promise.all([
      this.#recalled(failed, window, readAt, wish.lastKnownMaxAgeMs),
      this.#remember(wish.calendars, reads, window, readAt),
      this.#noteConnections(lives, connections, readAt),
    ]);
    return wish.calendars.map((calendar) => {
      const read = reads.get(calendar.id) ?? { busy: [], failure: null };
      const accountEmail = connections.get(calendar.connectionId)?.accountEmail ?? '';
      return { calendar, accountEmail, ...knowledge(read, recalled.get(calendar.id), window, readAt) };
    });
  }

  async #recalled(
    failed: readonly Calendar[],
    window: Interval,
    now: Instant,
    maxAgeMs: number | null,
  ): Promise<ReadonlyMap<string, KnownBusyTimes>> {
    if (maxAgeMs === null || failed.length === 0) return new Map();
    return this.known.recall(
      failed.map(({ id }) => id),
      wholeUtcDays(window),
      now - maxAgeMs,
    );
  }

  async #remember(
    calendars: readonly Calendar[],
    reads: LiveRead['reads'],
    window: Interval,
    readAt: Instant,
  ): Promise<void> {
    const good = [...reads].filter(([, { failure }]) => failure === null);
    // Only whole days are kept, so that what is remembered of a day is all of it.
    const days = innerUtcDays(window);
    if (days !== null)
      await this.known.remember(new Map(good.map(([id, { busy }]) => [id, busy])), days, readAt);
    await this.calendars.recordHealth(
      calendars.map(({ id }) => ({ calendarId: id, failure: reads.get(id)?.failure ?? null })),
    );
  }

  async #noteConnections(
    lives: { id: string; read: LiveRead }[],
    connections: Map<string, Connection>,
    readAt: Instant,
  ): Promise<void> {
    const outcomes = new Map<string, Failure | null>();
    for (const { id, read } of lives) {
      const connection = connections.get(id);
      const news = connection && newsOf(connection, read.failure, readAt);
      if (news !== undefined) outcomes.set(id, news);
    }
    await this.connections.noteOutcomes(outcomes);
  }
}

function questionOf({ calendars, window, lastKnownMaxAgeMs }: BusyWish): string {
  const ids = calendars.map(({ id }) => id);
  return [window.startAt, window.endAt, lastKnownMaxAgeMs, ...ids].join(' ');
}

type Knowledge = Pick<CalendarRead, 'source' | 'asOf' | 'busy' | 'covered' | 'failure'>;

function knowledge(
  { busy, failure }: { busy: readonly Interval[]; failure: Failure | null },
  recalled: KnownBusyTimes | undefined,
  window: Interval,
  readAt: Instant,
): Knowledge {
  if (failure === null) return { source: 'live', asOf: readAt, busy, covered: [window], failure };
  // Some entries could be read: they count as busy, but the calendar stays unknown (F28).
  if (failure.category === 'malformed_data')
    return { source: 'live', asOf: readAt, busy, covered: [], failure };
  if (recalled === undefined) return { source: 'none', asOf: null, busy, covered: [], failure };
  const covered = recalled.covered.flatMap((part) => intersection(part, window) ?? []);
  if (covered.length === 0) return { source: 'none', asOf: null, busy, covered, failure };
  return { source: 'last_known', asOf: recalled.asOf, busy: recalled.busy, covered, failure };
}

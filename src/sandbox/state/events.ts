import type { Instant } from '../../shared/time.js';

export interface EventTime {
  readonly date?: string;
  readonly dateTime?: string;
  readonly timeZone?: string;
}

export interface Attendee {
  readonly email: string;
  readonly responseStatus?: string;
  readonly self?: boolean;
  readonly organizer?: boolean;
  readonly [field: string]: unknown;
}

/** An event in the form clients see. Only the fields that the stand-in reads are named. */
export interface EventResource {
  readonly id: string;
  readonly status: 'confirmed' | 'tentative' | 'cancelled';
  readonly start: EventTime;
  readonly end: EventTime;
  readonly etag: string;
  readonly sequence: number;
  readonly updated: string;
  readonly transparency?: 'opaque' | 'transparent';
  readonly eventType?: string;
  readonly iCalUID: string;
  readonly attendees?: readonly Attendee[];
  readonly extendedProperties?: {
    readonly private?: Readonly<Record<string, string>>;
    readonly shared?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface StoredEvent {
  readonly calendarId: string;
  readonly resource: EventResource;
  /** The real span, all-day events in the zone of their calendar. */
  readonly startAt: Instant;
  readonly endAt: Instant;
  readonly revision: number;
}

/** Events by calendar, cancelled ones included: Google never gives an id out twice. */
export class Events {
  private readonly byCalendar = new Map<string, Map<string, StoredEvent>>();
  /** Process time of first storage, and until when reads must not see the event yet. */
  private readonly storedAt = new Map<string, number>();
  private readonly hiddenUntil = new Map<string, number>();

  find(calendarId: string, id: string): StoredEvent | undefined {
    return this.byCalendar.get(calendarId)?.get(id);
  }

  list(calendarId: string): StoredEvent[] {
    return [...(this.byCalendar.get(calendarId)?.values() ?? [])];
  }

  all(): StoredEvent[] {
    return [...this.byCalendar.keys()].flatMap((calendarId) => this.list(calendarId));
  }

  put(event: StoredEvent): void {
    const { calendarId, resource } = event;
    const events = this.byCalendar.get(calendarId) ?? new Map<string, StoredEvent>();
    this.byCalendar.set(calendarId, events);
    if (!events.has(resource.id)) this.storedAt.set(key(calendarId, resource.id), performance.now());
    events.set(resource.id, event);
  }

  /** Forgets every event of the calendar, as if it had never been. Returns how many. */
  purge(calendarId: string): number {
    const events = this.list(calendarId);
    for (const { resource } of events) {
      this.storedAt.delete(key(calendarId, resource.id));
      this.hiddenUntil.delete(key(calendarId, resource.id));
    }
    this.byCalendar.delete(calendarId);
    return events.length;
  }

  /** Reads see the event only after `ms` of real time; writes see it at once. */
  hide(calendarId: string, id: string, ms: number): void {
    this.hiddenUntil.set(key(calendarId, id), performance.now() + ms);
  }

  /** @param lagMs events younger than this are not seen yet either */
  isVisible({ calendarId, resource }: StoredEvent, lagMs = 0): boolean {
    const now = performance.now();
    const id = key(calendarId, resource.id);
    return (this.hiddenUntil.get(id) ?? 0) <= now && (this.storedAt.get(id) ?? 0) + lagMs <= now;
  }
}

function key(calendarId: string, id: string): string {
  return `${calendarId}\n${id}`;
}

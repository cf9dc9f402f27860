import type { CalendarHealthView } from './availability/calendar-health-view.js';

/** The parts of the service's answers that the demo looks at. */
export interface Workspace {
  readonly id: string;
  readonly timezone: string;
  readonly api_key: string;
}

export interface Connection {
  readonly id: string;
  readonly account_email: string;
  readonly auth_status: string;
}

export interface ListedCalendar {
  readonly id: string;
  readonly connection_id: string;
  readonly name: string;
  readonly access_role: string;
}

export interface Page<T> {
  readonly items: readonly T[];
}

export interface Slot {
  readonly start_time: string;
  readonly end_time: string;
  readonly confidence?: string;
}

export interface BusyPeriod extends Slot {
  readonly calendar_name: string;
}

/** What an availability answer says of one day. */
export interface Day {
  readonly date: string;
  readonly slots: readonly Slot[];
  readonly busy: readonly BusyPeriod[];
}

export interface Availability {
  readonly available_slots: readonly Slot[];
  readonly busy_periods: readonly BusyPeriod[];
  readonly bookable: boolean;
  readonly calendar_health: CalendarHealthView;
  readonly warnings: readonly string[];
}

export interface Booking {
  readonly booking_id: string;
  readonly event_id: string;
  readonly status: string;
  readonly start_time: string;
  readonly calendar_health: CalendarHealthView;
}

export interface Refusal {
  readonly code: string;
  readonly alternatives: readonly Slot[];
}

export interface SandboxEvent {
  readonly id: string;
  readonly summary?: string;
  readonly status: string;
  readonly start: { readonly dateTime?: string };
  readonly end: { readonly dateTime?: string };
  readonly attendees?: readonly { readonly email: string }[];
  readonly extendedProperties?: { readonly private?: Readonly<Record<string, string>> };
}

/** `2027-03-10T09:00:00-05:00` → `09:00` */
export function timeOf(instant: string): string {
  return instant.slice(11, 16);
}

/** How much there is of what. */
export interface StateCount {
  readonly gauge: StateGauge;
  /** The values of the gauge's labels, in their order. */
  readonly labels: readonly string[];
  readonly value: number;
}

/** What the database can be asked for, with the labels that tell its parts from each other. */
export const STATE_GAUGES = {
  calendars: {
    help: 'Calendars of connected accounts, by health and by what is wrong with them.',
    labels: ['status', 'category'],
  },
  connections: {
    help: 'Accounts, by authorization and by what is wrong with them.',
    labels: ['status', 'category'],
  },
  reauthorization_oldest_seconds: {
    help: 'For how long the account has needed re-authorization that has for longest.',
    labels: [],
  },
  bookings: { help: 'Bookings that are not over, by status.', labels: ['status'] },
  booking_conflicts: {
    help: 'Bookings that are not over, and share their time with an event that was put there by hand.',
    labels: [],
  },
  bookings_due: { help: 'Bookings whose next attempt is due.', labels: [] },
  bookings_due_oldest_seconds: {
    help: 'For how long the booking has been due that has been for longest.',
    labels: [],
  },
  queue_jobs: {
    help: 'Jobs of the queue: due, waiting for their time, or failing for a reason of the service.',
    labels: ['task', 'state'],
  },
  queue_due_oldest_seconds: {
    help: 'For how long the job of the queue has been due that has been for longest.',
    labels: [],
  },
  webhooks: { help: 'Webhooks, by how they do.', labels: ['state'] },
  job_last_run_timestamp_seconds: {
    help: 'When the last run of a job began that ended like this, on whichever instance.',
    labels: ['job', 'result'],
  },
  job_last_tick_timestamp_seconds: {
    help: 'When the last run of a job was due that was begun, on whichever instance.',
    labels: ['job'],
  },
} as const satisfies Readonly<Record<string, { help: string; labels: readonly string[] }>>;

export type StateGauge = keyof typeof STATE_GAUGES;

/** Counts over all workspaces, for a monitoring system. Categories are `none` where nothing is wrong. */
export abstract class StoredState {
  abstract count(): Promise<StateCount[]>;
}

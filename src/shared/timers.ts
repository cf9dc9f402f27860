/** What this process waits for, by name. What is left ends with the service, not later. */
export abstract class Timers {
  /** Wakes once, in `ms`. The name is free again from then on. */
  abstract set(name: string, ms: number, wake: () => void): void;
}

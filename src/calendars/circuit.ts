import type { Clock } from '../shared/clock.js';

export interface CircuitRule {
  /** So many failures in a row open it. */
  readonly failures: number;
  readonly openMs: number;
}

/**
 * Keeps from asking what fails again and again. After the open time one call is let through as a trial; it
 * decides whether the circuit closes or stays open for as long again.
 */
export class Circuit {
  #failures = 0;
  #openUntil = -Infinity;
  #trialUnderway = false;

  constructor(
    private readonly rule: CircuitRule,
    private readonly clock: Clock,
  ) {}

  /** 0 when a call may go, which must then be reported; else how long the circuit stays open at least. */
  admit(): number {
    if (this.#failures < this.rule.failures) return 0;
    const openMs = this.#openUntil - this.clock.elapsed();
    if (openMs > 0 || this.#trialUnderway) return Math.max(1, Math.ceil(openMs));
    this.#trialUnderway = true;
    return 0;
  }

  /** Also while a trial is under way. */
  isOpen(): boolean {
    return this.#failures >= this.rule.failures;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#trialUnderway = false;
  }

  /** True when it is this one that opens the circuit. */
  failed(): boolean {
    this.#failures += 1;
    this.#trialUnderway = false;
    if (this.#failures < this.rule.failures) return false;
    this.#openUntil = this.clock.elapsed() + this.rule.openMs;
    return this.#failures === this.rule.failures;
  }

  /** The call told nothing about whether the other side answers. */
  undecided(): void {
    this.#trialUnderway = false;
  }
}

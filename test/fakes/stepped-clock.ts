import { setImmediate as nextTurn } from 'node:timers/promises';
import { FixedClock } from '../../src/shared/clock.js';

/** Time that passes for everybody at once: the pauses of many run side by side, and end when the test gets there. */
export class SteppedClock extends FixedClock {
  readonly #sleepers = new Map<number, (() => void)[]>();

  override async pause(ms: number): Promise<void> {
    const wakesAt = this.elapsed() + Math.max(1, Math.ceil(ms));
    const others = this.#sleepers.get(wakesAt) ?? [];
    this.#sleepers.set(wakesAt, others);
    await new Promise<void>((wake) => {
      others.push(wake);
    });
  }

  /** Goes on by whole milliseconds, waking each sleeper in its own. */
  async pass(ms: number): Promise<void> {
    // What is ready belongs to the present.
    await nextTurn();
    for (let left = ms; left > 0; left -= 1) {
      this.advance(1);
      const sleepers = this.#sleepers.get(this.elapsed());
      if (sleepers === undefined) continue;
      this.#sleepers.delete(this.elapsed());
      for (const wake of sleepers) wake();
      await nextTurn();
    }
  }
}

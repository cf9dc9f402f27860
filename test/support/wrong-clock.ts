import { OffsetFile, preloaded } from './offset-file.js';

/** The wall clock of a process that was started with `env`. Can step while it runs. */
export class WrongClock {
  readonly #offset: OffsetFile;
  readonly env: Record<string, string>;

  constructor(offsetMs: number) {
    this.#offset = new OffsetFile(offsetMs);
    this.env = preloaded('clock-offset.mjs', { CLOCK_OFFSET_FILE: this.#offset.path });
  }

  /** From now on, it is ahead of the right time by `offsetMs`; behind when negative. */
  step(offsetMs: number): void {
    this.#offset.write(offsetMs);
  }

  remove(): void {
    this.#offset.remove();
  }
}

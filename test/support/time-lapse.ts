import { OffsetFile, preloaded } from './offset-file.js';

/** Time that passes without the wait, as a process sees it that was started with `env`: pauses and open circuits end. */
export class TimeLapse {
  readonly #offset = new OffsetFile(0);
  readonly env = preloaded('elapsed-offset.mjs', { ELAPSED_OFFSET_FILE: this.#offset.path });
  #passedMs = 0;

  pass(ms: number): void {
    this.#passedMs += ms;
    this.#offset.write(this.#passedMs);
  }

  remove(): void {
    this.#offset.remove();
  }
}

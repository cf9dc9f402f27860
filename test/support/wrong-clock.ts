import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PRELOAD = new URL('./clock-offset.mjs', import.meta.url).href;

/** The wall clock of a process that was started with `env`. Can step while it runs. */
export class WrongClock {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wrong-clock-'));
  readonly #file = join(this.#folder, 'offset');
  readonly env = { NODE_OPTIONS: `--import=${PRELOAD}`, CLOCK_OFFSET_FILE: this.#file };

  constructor(offsetMs: number) {
    this.step(offsetMs);
  }

  /** From now on, it is ahead of the right time by `offsetMs`; behind when negative. */
  step(offsetMs: number): void {
    const written = join(this.#folder, 'next');
    writeFileSync(written, String(offsetMs));
    renameSync(written, this.#file);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

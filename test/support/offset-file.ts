import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Milliseconds in a file, by which a preload bends a clock of the process that reads it. Can change while it runs. */
export class OffsetFile {
  readonly #folder = mkdtempSync(join(tmpdir(), 'clock-offset-'));
  readonly path = join(this.#folder, 'offset');

  constructor(offsetMs: number) {
    this.write(offsetMs);
  }

  write(offsetMs: number): void {
    const written = join(this.#folder, 'next');
    writeFileSync(written, String(offsetMs));
    renameSync(written, this.path);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The environment of a process that starts with a preload of this folder. */
export function preloaded(name: string, env: Readonly<Record<string, string>>): Record<string, string> {
  return { NODE_OPTIONS: `--import=${new URL(`./${name}`, import.meta.url).href}`, ...env };
}

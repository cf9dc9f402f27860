import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Terminal } from './terminal.js';
import { ansi, plain, type Paint } from './text-table.js';

const CLEAR_LINE = '\r\u001b[K';

/** Standard output for results, standard error for notes and progress. */
export class ProcessTerminal extends Terminal {
  readonly paint: Paint;

  constructor(
    private readonly stdout: NodeJS.WriteStream,
    private readonly stderr: NodeJS.WriteStream,
    noColour: boolean,
  ) {
    super();
    this.paint = stdout.isTTY && !noColour ? ansi : plain;
    // The reader may have seen enough (`| head`); what it does not want is not an error.
    stdout.on('error', () => undefined);
  }

  async print(text: string): Promise<void> {
    await new Promise<void>((resolve) => this.stdout.write(text, () => resolve()));
  }

  note(text: string): void {
    this.progress(null);
    this.stderr.write(`${text}\n`);
  }

  progress(line: string | null): void {
    if (this.stderr.isTTY) this.stderr.write(`${CLEAR_LINE}${line ?? ''}`);
  }

  async save(file: string, text: string): Promise<void> {
    const target = await realpath(file).catch(() => file);
    const known = await stat(target).catch(() => null);
    // A device or a pipe is written to; replacing it by a file would take it away from everybody.
    if (known !== null && !known.isFile()) return writeFile(target, text);
    const draft = `${target}.${process.pid}.tmp`;
    try {
      await writeFile(draft, text, { mode: 0o600 });
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

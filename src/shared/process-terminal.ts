import { replaceFile } from './replace-file.js';
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

  save(file: string, text: string): Promise<void> {
    return replaceFile(file, text);
  }
}

import type { Paint } from './text-table.js';

/** Where a command's results go. */
export abstract class Terminal {
  abstract readonly paint: Paint;
  /** Results only; messages and progress go elsewhere, so that a pipe gets nothing else. */
  abstract print(text: string): Promise<void>;
  /** One line for whoever watches, and not for who reads the results. */
  abstract note(text: string): void;
  /** Replaces the progress line, where a person watches; null removes it. */
  abstract progress(line: string | null): void;
  /** Replaces the file as a whole, so that no reader ever finds half of it; only its owner may read it. */
  abstract save(file: string, text: string): Promise<void>;
}

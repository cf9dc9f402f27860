/** Facts of a log line. Ids, counts and codes only: never a token, a code, an attendee or an event title. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * Structured log. `event` is a stable dotted name (`connection.needs_reauth`), `message` one sentence.
 * `error` means that a person must act now.
 */
export abstract class Log {
  abstract debug(event: string, message: string, fields?: LogFields): void;
  abstract info(event: string, message: string, fields?: LogFields): void;
  abstract warn(event: string, message: string, fields?: LogFields): void;
  abstract error(event: string, message: string, fields?: LogFields): void;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly event: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** Keeps its lines, for tests that look at what an operator would see. */
export class RecordingLog extends Log {
  readonly lines: LogLine[] = [];

  debug(event: string, message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', event, message, fields });
  }

  info(event: string, message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', event, message, fields });
  }

  warn(event: string, message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', event, message, fields });
  }

  error(event: string, message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', event, message, fields });
  }
}

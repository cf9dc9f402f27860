import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import { Log, type LogFields } from './log.js';

/** One JSON line per event on standard output. */
export class PinoLog extends Log {
  readonly #pino: Logger;

  constructor(level: string, destination?: DestinationStream) {
    super();
    const options = { level, base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime };
    const labelled = { ...options, formatters: { level: (label: string) => ({ level: label }) } };
    this.#pino = destination ? pino(labelled, destination) : pino(labelled);
  }

  debug(event: string, message: string, fields?: LogFields): void {
    this.#pino.debug({ event, ...fields }, message);
  }

  info(event: string, message: string, fields?: LogFields): void {
    this.#pino.info({ event, ...fields }, message);
  }

  warn(event: string, message: string, fields?: LogFields): void {
    this.#pino.warn({ event, ...fields }, message);
  }

  error(event: string, message: string, fields?: LogFields): void {
    this.#pino.error({ event, ...fields }, message);
  }
}

/** Nest's own messages, as lines of the same log. Its chatter at start is of interest only when debugging. */
export function nestLogger(log: Log): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.findLast((part) => typeof part === 'string' && !part.includes('\n'));
      log[level]('nest', String(message), { context: typeof context === 'string' ? context : null });
    };
  return { log: write('debug'), warn: write('warn'), error: write('error'), fatal: write('error') };
}

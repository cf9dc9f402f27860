import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import type { Failure } from '../shared/failure.js';
import { Log } from '../shared/log.js';

const REPEAT_MS = 60 * 60_000;

/** Tells the operator of what only the operator can mend: once an hour, however many connections meet it. */
@Injectable()
export class OperatorAlerts {
  readonly #raisedAt = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Does nothing for a failure that is somebody else's to mend. */
  raise({ actor, code, category, httpStatus, message }: Failure, connectionId: string): void {
    if (actor !== 'operator') return;
    const now = this.clock.elapsed();
    if (now - (this.#raisedAt.get(code) ?? -Infinity) < REPEAT_MS) return;
    this.#raisedAt.set(code, now);
    this.log.error('operator.alert', message, {
      connection_id: connectionId,
      class: category,
      code,
      upstream_status: httpStatus,
    });
  }
}

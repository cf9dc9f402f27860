import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { factsOf, type Failure } from '../shared/failure.js';
import { Ids } from '../shared/ids.js';
import { Log } from '../shared/log.js';
import { AlertEpisodes, type AlertedFault } from './alert-episodes.js';

/** A fault that nobody met for so long is over; the next time is a new one. */
export const CALM_MS = 60 * 60_000;
/** How often this process tells the others that it still meets a fault. */
const REPEAT_MS = 60_000;

/**
 * Tells the operator of what only the operator can mend: once an episode, however many connections and
 * instances meet it.
 */
@Injectable()
export class OperatorAlerts {
  readonly #toldAt = new Map<string, number>();
  /** Episodes of which nobody knows whether they were recorded: the answer was lost. */
  readonly #unsettled = new Map<string, string>();

  constructor(
    private readonly episodes: AlertEpisodes,
    private readonly ids: Ids,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * Does nothing for a failure that is somebody else's to mend. `connectionId` is null where there is no connection yet.
   *
   * @throws what the database threw when the alert could not be recorded; then the next one that meets it tells
   */
  async raise(failure: Failure, connectionId: string | null): Promise<void> {
    const { actor, code, message } = failure;
    if (actor !== 'operator') return;
    const now = this.clock.elapsed();
    if (now - (this.#toldAt.get(code) ?? -Infinity) < REPEAT_MS) return;
    this.#toldAt.set(code, now);
    if (!(await this.#begins({ code, message }))) return;
    this.log.error('operator.alert', message, { connection_id: connectionId, ...factsOf(failure) });
  }

  /** The faults are mended: the next time is a new episode. */
  async end(codes: readonly string[]): Promise<void> {
    for (const code of codes) this.#toldAt.delete(code);
    await this.episodes.ended(codes);
  }

  async #begins(fault: AlertedFault): Promise<boolean> {
    const { code } = fault;
    const episode = this.#unsettled.get(code) ?? this.ids.next();
    this.#unsettled.set(code, episode);
    try {
      const begins = await this.episodes.met(fault, episode, CALM_MS);
      this.#unsettled.delete(code);
      return begins;
    } catch (error) {
      this.#toldAt.delete(code);
      throw error;
    }
  }
}

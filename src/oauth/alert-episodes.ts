import type { Failure } from '../shared/failure.js';

/** What others are told of a fault. */
export type AlertedFault = Pick<Failure, 'code' | 'message'>;

/** Which faults of the operator's have been alerted, by all instances together. */
export abstract class AlertEpisodes {
  /**
   * True when nobody met the fault's code for `calmMs`: then this is the beginning of an episode, and worth an alert. `episode`
   * is a fresh id for each meeting; who repeats the question with the same one, because no answer came, is told the same.
   * Whoever listens is told of the beginning by the same statement.
   */
  abstract met(fault: AlertedFault, episode: string, calmMs: number): Promise<boolean>;
  /** The fault is mended: meeting its code again is a new episode, however soon. Who listens is told. */
  abstract ended(codes: readonly string[]): Promise<void>;
}

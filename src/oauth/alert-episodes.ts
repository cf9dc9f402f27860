/** Which faults of the operator's have been alerted, by all instances together. */
export abstract class AlertEpisodes {
  /**
   * True when nobody met `code` for `calmMs`: then this is the beginning of an episode, and worth an alert. `episode`
   * is a fresh id for each meeting; who repeats the question with the same one, because no answer came, is told the same.
   */
  abstract met(code: string, episode: string, calmMs: number): Promise<boolean>;
  /** The fault is mended: meeting `code` again is a new episode, however soon. */
  abstract ended(codes: readonly string[]): Promise<void>;
}

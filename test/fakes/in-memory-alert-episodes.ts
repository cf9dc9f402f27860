import { AlertEpisodes, type AlertedFault } from '../../src/oauth/alert-episodes.js';
import type { Clock } from '../../src/shared/clock.js';
import type { Instant } from '../../src/shared/time.js';

/** Its clock stands in for that of the database. */
export class InMemoryAlertEpisodes extends AlertEpisodes {
  readonly #known = new Map<string, { readonly episode: string; readonly metAt: Instant }>();

  constructor(private readonly clock: Clock) {
    super();
  }

  async met({ code }: AlertedFault, episode: string, calmMs: number): Promise<boolean> {
    const now = this.clock.now();
    const known = this.#known.get(code);
    const present = known === undefined || known.metAt < now - calmMs ? episode : known.episode;
    this.#known.set(code, { episode: present, metAt: now });
    return present === episode;
  }

  async ended(codes: readonly string[]): Promise<void> {
    for (const code of codes) this.#known.delete(code);
  }
}

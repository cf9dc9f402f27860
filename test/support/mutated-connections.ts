import { decodedBody, isObject, type RawAnswer } from './answer-reader.js';
import type { MutationBench, MutatedWorld } from './mutation-bench.js';
import type { Answer } from './service.js';

/** What the contract lets these be answered with. */
const CODES: Readonly<Record<number, readonly string[]>> = {
  400: ['validation_failed'],
  401: ['calendar_reauth_required'],
  409: ['account_mismatch'],
  503: ['provider_unavailable'],
};

/** Refreshes connections and consents once more, while Google tells the truth damaged. */
export class ConnectionRounds {
  readonly statuses = new Map<number, number>();

  constructor(
    private readonly bench: MutationBench,
    private readonly world: MutatedWorld,
  ) {}

  /** @throws Error with what is wrong with an answer, and what Google had said */
  async round(): Promise<void> {
    const { bench, world } = this;
    const { dice } = bench.google;
    const index = dice.below(world.accounts.length);
    const [account, id] = [world.accounts[index], world.connectionIds[index]];
    if (account === undefined || id === undefined) throw new Error('The world is empty.');
    await bench.reset(world, 0);
    account.damage = dice.pick([0.3, 0.6, 1]);
    const before = await this.#active(id);
    const answer = dice.chance(0.6)
      ? await bench.service.call('POST', `/api/connections/${id}/refresh`, { key: world.key })
      : await bench.consent(world.key, account);
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    const isListed = account.bodies('calendarList').some(isList);
    const faults = [
      ...answerFaults(answer),
      ...(isListed || (await this.#active(id)) === before ? [] : ['calendars changed without a list']),
      ...((await bench.wronglyStopped(world)).includes(account) ? ['it was stopped'] : []),
      ...bench.google.faults,
    ];
    if (faults.length > 0)
      throw new Error(`seed ${bench.seed}: ${faults.join('\n')}\nafter ${account.told()}`);
  }

  async #active(connectionId: string): Promise<string> {
    const { rows } = await this.bench.db.query<{ external_id: string }>(
      'SELECT external_id FROM calendars WHERE connection_id = $1 AND active ORDER BY external_id',
      [connectionId],
    );
    return JSON.stringify(rows);
  }
}

function answerFaults({ status, body, headers }: Answer): string[] {
  if (status === 200) return [];
  const isKnown = CODES[status]?.includes(body.code) ?? false;
  if (!isKnown) return [`status ${status}: ${JSON.stringify(body)}`];
  return status === 503 && !(Number(headers.get('retry-after')) > 0) ? ['503 without Retry-After'] : [];
}

function isList(answer: RawAnswer): boolean {
  const body = decodedBody(answer);
  return answer.status >= 200 && answer.status < 300 && isObject(body) && Array.isArray(body['items']);
}

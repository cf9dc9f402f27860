import { describe, expect, it } from '@jest/globals';
import { googleFailure } from '../../src/google/google-failure.js';
import { FAILURE_CATEGORIES, type Failure } from '../../src/shared/failure.js';
import { decodedBody } from '../support/answer-reader.js';
import { isStopping, namesIn } from '../support/google-answers.js';
import { MutatedAnswers } from '../support/mutated-answers.js';

/** `MUTATIONS=1000000 SEED=7` looks longer, or elsewhere. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 10_000);
const SEEDS = process.env['SEED'] === undefined ? [1, 2] : [Number(process.env['SEED'])];

const NOW = Date.UTC(2027, 2, 8);
const DAY_MS = 86_400_000;
const NAME = /^[\w.:/-]{1,100}$/;

describe.each(SEEDS)(`${MUTATIONS} refusals of every reason under every status (seed %i)`, (seed) => {
  const answers = new MutatedAnswers(seed);

  it('are judged, and stop a connection only when they are refusals that say so', () => {
    const seen = { stopping: 0, passing: 0, pausing: 0 };
    for (let number = 0; number < MUTATIONS; number += 1) {
      const answer = answers.error();
      const endpoint = answers.dice.pick(['token', 'calendar'] as const);
      const { status } = answer;
      const body = decodedBody(answer);
      const retryAfter = answer.headers['retry-after'] ?? null;
      const failure = googleFailure({ status, endpoint, body, retryAfter }, NOW);
      const fault = faultOf(failure, { status, endpoint, body });
      const told = `${status} ${retryAfter} ${answer.body.toString().slice(0, 2000)}`;
      if (fault !== null)
        throw new Error(`seed ${seed}, answer ${number} (${answer.recipe}): ${fault}\n${told}`);
      if (failure.needsReauth) seen.stopping += 1;
      if (failure.retryable) seen.passing += 1;
      if (failure.retryAfterMs !== null) seen.pausing += 1;
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(MUTATIONS / 50);
  });
});

interface Told {
  readonly status: number;
  readonly endpoint: 'token' | 'calendar';
  readonly body: unknown;
}

function faultOf(failure: Failure, { status, endpoint, body }: Told): string | null {
  const { category, code, reason, message, needsReauth, retryable, retryAfterMs } = failure;
  if (!FAILURE_CATEGORIES.includes(category) || message === '') return 'not in our words';
  if (!NAME.test(code) || (reason !== null && !NAME.test(reason))) return `odd names: ${code}, ${reason}`;
  if (retryAfterMs !== null && !(retryAfterMs >= 0 && retryAfterMs <= DAY_MS))
    return `a pause of ${retryAfterMs}`;
  const isRefusal = status >= 400 && status < 500;
  const saysSo = isRefusal && namesIn(body).some((name) => isStopping(endpoint, name));
  if (needsReauth && !saysSo) return 'stops a connection';
  if (category === 'expired_tokens' && !isRefusal) return 'takes the token for rejected';
  if (status >= 500 && status < 600 && !(retryable && category === 'connection_error'))
    return 'does not pass';
  return null;
}

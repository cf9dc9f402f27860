import { describe, expect, it } from '@jest/globals';
import { grantOf } from '../../src/oauth/google/google-token-answer.js';
import { decodedBody, type RawAnswer } from '../support/answer-reader.js';
import type { TokenTruth } from '../support/google-answers.js';
import { MutatedAnswers } from '../support/mutated-answers.js';
import { readTokens, tokenAnswer } from '../support/mutated-token.js';

/** `MUTATIONS=1000000 SEED=7` looks longer, or elsewhere. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 10_000);
const SEEDS = process.env['SEED'] === undefined ? [1, 2] : [Number(process.env['SEED'])];

const SENT_AT = Date.UTC(2027, 2, 8);
const DAY_MS = 86_400_000;

describe.each(SEEDS)(`${MUTATIONS} token answers, whole and damaged (seed %i)`, (seed) => {
  const answers = new MutatedAnswers(seed);

  it('give the token that was sent, or none (F11, F12)', () => {
    const seen = { granted: 0, refused: 0, rotated: 0 };
    for (let number = 0; number < MUTATIONS; number += 1) {
      const truth = {
        accessToken: `ya29.${number}`,
        refreshToken: answers.dice.chance(0.3) ? `1//${number}` : null,
        email: 'ada@example.com',
      };
      const answer = tokenAnswer(truth, answers, 0.8);
      const fault = faultOf(answer, truth);
      const text = answer.body.toString().slice(0, 2000);
      if (fault !== null)
        throw new Error(`seed ${seed}, answer ${number} (${answer.recipe}): ${fault}\n${text}`);
      const read = readTokens(answer);
      seen[read === null ? 'refused' : 'granted'] += 1;
      if (read !== null && read.refresh !== null) seen.rotated += 1;
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(MUTATIONS / 50);
  });
});

/** What is wrong with how an answer was read; null when nothing is. */
function faultOf(answer: RawAnswer, truth: TokenTruth): string | null {
  if (answer.status < 200 || answer.status >= 300) return null;
  const expected = readTokens(answer);
  const grant = grantOf(decodedBody(answer), SENT_AT);
  if (grant === null || expected === null) return grant === expected ? null : 'read differently';
  const { accessToken, refreshToken, expiresAt, refreshExpiresAt, scopes, account } = grant;
  if (accessToken.reveal() !== truth.accessToken) return 'another access token';
  if ((refreshToken?.reveal() ?? null) !== expected.refresh) return 'another refresh token';
  const lifetimeMs = expiresAt - SENT_AT;
  if (!(lifetimeMs >= 30_000 && lifetimeMs <= DAY_MS)) return `a lifetime of ${lifetimeMs} ms`;
  if (refreshExpiresAt !== null && !(refreshExpiresAt >= SENT_AT && Number.isFinite(refreshExpiresAt)))
    return `an end of the authorization at ${refreshExpiresAt}`;
  const texts = [...(scopes ?? []), account.email ?? '', account.sub ?? ''];
  return texts.some((text) => /\p{Cc}/u.test(text)) ? 'text that the database refuses' : null;
}

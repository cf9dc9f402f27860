import { describe, expect, it } from '@jest/globals';
import { Secret } from '../shared/secret.js';
import { isExpiring, isUsable, type StoredTokens } from './token-grant.js';

const MINUTE_MS = 60_000;
const MARGIN_MS = 5 * MINUTE_MS;

const tokens = (differences: Partial<StoredTokens> = {}): StoredTokens => ({
  account: 'ada@example.com',
  accessToken: new Secret('access'),
  refreshToken: new Secret('refresh'),
  refreshedAt: 0,
  expiresAt: 60 * MINUTE_MS,
  version: 1,
  refreshNotBefore: null,
  ...differences,
});

describe('isExpiring', () => {
  it.each([
    ['an hour', 60, 55],
    ['eleven minutes', 11, 6],
    ['ten minutes', 10, 5],
    ['five minutes', 5, 2.5],
    ['one minute', 1, 0.5],
  ])('a token for %s is refreshed from its due minute on, never in its first half', (_name, lives, dueAt) => {
    const state = tokens({ expiresAt: lives * MINUTE_MS });
    expect(isExpiring(state, dueAt * MINUTE_MS - 1, MARGIN_MS)).toBe(false);
    expect(isExpiring(state, dueAt * MINUTE_MS, MARGIN_MS)).toBe(true);
  });

  it('a token of unknown end is due, and one of unknown start keeps the whole margin', () => {
    expect(isExpiring(tokens({ expiresAt: null }), 0, MARGIN_MS)).toBe(true);
    const state = tokens({ refreshedAt: null, expiresAt: MINUTE_MS });
    expect(isExpiring(state, 0, MARGIN_MS)).toBe(true);
  });
});

describe('isUsable', () => {
  it('is over five seconds early, so that it does not end on its way', () => {
    expect(isUsable(tokens(), 60 * MINUTE_MS - 5001)).toBe(true);
    expect(isUsable(tokens(), 60 * MINUTE_MS - 5000)).toBe(false);
  });

  it('needs a token with a known end', () => {
    expect(isUsable(tokens({ accessToken: null }), 0)).toBe(false);
    expect(isUsable(tokens({ expiresAt: null }), 0)).toBe(false);
  });
});

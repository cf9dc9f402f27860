import { describe, expect, it } from '@jest/globals';
import { aConnection } from '../../test/support/a-connection.js';
import { FixedClock } from '../shared/clock.js';
import type { EndedGrant } from './connections.js';
import { NO_SIGNS, signsOfTesting } from './testing-status.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CONSENT = Date.UTC(2027, 2, 1, 9);

/** An authorization of `connectionId` that ended `lifetimeMs` after the consent. */
function ended(connectionId: string, lifetimeMs = 7 * DAY_MS, consentedAt = CONSENT): EndedGrant {
  const clock = new FixedClock(consentedAt);
  clock.advance(lifetimeMs);
  return { connectionId, consentedAt, endedAt: clock.now() };
}

describe('signsOfTesting', () => {
  it('is silent about an installation where nothing ended', () => {
    expect(signsOfTesting([aConnection({ consentedAt: CONSENT })], [])).toEqual(NO_SIGNS);
  });

  it('takes two accounts that lost their authorization seven days after the consent', () => {
    expect(signsOfTesting([], [ended('ada')])).toEqual(NO_SIGNS);
    expect(signsOfTesting([], [ended('ada'), ended('bob')])).toEqual({ lost: ['ada', 'bob'], announced: [] });
  });

  it('takes one account that lost it twice', () => {
    const again = ended('ada', 7 * DAY_MS, CONSENT + 8 * DAY_MS);
    expect(signsOfTesting([], [ended('ada'), again])).toEqual({ lost: ['ada'], announced: [] });
  });

  it('counts one consent once, however often its end was noticed', () => {
    const noticedAgain = ended('ada', 7 * DAY_MS + HOUR_MS);
    expect(signsOfTesting([], [ended('ada'), noticedAgain])).toEqual(NO_SIGNS);
  });

  it.each([
    ['more than an hour too early', 7 * DAY_MS - HOUR_MS - 1, false],
    ['an hour early', 7 * DAY_MS - HOUR_MS, true],
    ['to the second', 7 * DAY_MS, true],
    ['noticed a day later', 8 * DAY_MS, true],
    ['noticed more than a day later', 8 * DAY_MS + 1, false],
    ['the day after the consent', DAY_MS, false],
    ['after half a year', 180 * DAY_MS, false],
  ])('judges an end %s', (_, lifetimeMs, isSign) => {
    const { lost } = signsOfTesting([], [ended('ada', lifetimeMs), ended('bob', lifetimeMs)]);
    expect(lost).toEqual(isSign ? ['ada', 'bob'] : []);
  });

  it.each([
    ['604799 seconds', 604_799_000, true],
    ['an hour less than seven days', 7 * DAY_MS - HOUR_MS, true],
    ['more than an hour less', 7 * DAY_MS - HOUR_MS - 1, false],
    ['an hour more', 7 * DAY_MS + HOUR_MS, true],
    ['more than an hour more', 7 * DAY_MS + HOUR_MS + 1, false],
    ['180 days, as of access limited by the owner', 15_551_999_000, false],
  ])('judges an announced end after %s', (_, lifetimeMs, isSign) => {
    const connection = aConnection({
      id: 'ada',
      consentedAt: CONSENT,
      authorizationEndsAt: CONSENT + lifetimeMs,
    });
    expect(signsOfTesting([connection], []).announced).toEqual(isSign ? ['ada'] : []);
  });

  it.each([
    ['needs its owner', { authStatus: 'needs_reauth' }],
    ['was consented to at an unknown time', { consentedAt: null }],
    ['has no announced end', { authorizationEndsAt: null }],
  ] as const)('has no announcement of a connection that %s', (_, differences) => {
    const announced = { consentedAt: CONSENT, authorizationEndsAt: CONSENT + 7 * DAY_MS };
    expect(signsOfTesting([aConnection({ ...announced, ...differences })], [])).toEqual(NO_SIGNS);
  });

  it('needs one end only when another is announced, and names each connection once', () => {
    const announced = (id: string) =>
      aConnection({ id, consentedAt: CONSENT, authorizationEndsAt: CONSENT + 604_799_000 });
    expect(signsOfTesting([announced('ada'), announced('bob')], [ended('ada')])).toEqual({
      lost: ['ada'],
      announced: ['bob'],
    });
  });

  describe('once a later consent has outlived the eight days', () => {
    const lapsed = [ended('ada'), ended('bob')];
    const outlived = (consentedAt: number, lifetimeMs: number) =>
      aConnection({ id: 'eve', consentedAt, lastRefreshedAt: consentedAt + lifetimeMs });

    it('takes the earlier ends for history: the client has been published', () => {
      expect(signsOfTesting([outlived(CONSENT, 8 * DAY_MS + 1)], lapsed)).toEqual(NO_SIGNS);
    });

    it('is not sure before that, nor by a consent before theirs', () => {
      const stillSigns = { lost: ['ada', 'bob'], announced: [] };
      expect(signsOfTesting([outlived(CONSENT, 8 * DAY_MS)], lapsed)).toEqual(stillSigns);
      expect(signsOfTesting([outlived(CONSENT - 1, 30 * DAY_MS)], lapsed)).toEqual(stillSigns);
    });
  });
});

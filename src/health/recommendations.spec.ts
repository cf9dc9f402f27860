import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { aConnection } from '../../test/support/a-connection.js';
import { aFault, aVerdict, healthFacts, upcomingBookings } from '../../test/support/health-facts.js';
import type { CalendarIssue } from './calendar-issues.js';
import type { Fault } from './calendar-verdict.js';
import { recommendationsFor } from './recommendations.js';

const ADA = aConnection();
const BOB = aConnection({ id: 'bob', accountEmail: 'bob@example.com' });

const REVOKED = aFault({
  category: 'expired_tokens',
  code: 'invalid_grant',
  actor: 'user',
  stopsConnection: true,
});

function anIssue(calendarId: string | null, differences: Partial<CalendarIssue> = {}): CalendarIssue {
  return {
    connection: ADA,
    calendarId,
    fault: REVOKED,
    severity: 'critical',
    since: 0,
    resolution: '',
    reauthUrl: 'https://example.com/link',
    ...differences,
  };
}

function clientRefused(code: string): Fault {
  return aFault({ category: 'provider_misconfigured', code, actor: 'operator', stopsConnection: true });
}

describe('recommendationsFor', () => {
  it('recommends nothing when nothing is wrong', () => {
    expect(recommendationsFor([], healthFacts({ configurations: [aConfiguration()] }))).toEqual([]);
  });

  it('makes one of all calendars that an account failed with, and counts what depends on them', () => {
    const configurations = [
      aConfiguration({ id: '1', calendarId: 'a' }),
      aConfiguration({ id: '2', calendarId: 'a', conflictCalendarIds: ['b'] }),
      aConfiguration({ id: '3', calendarId: 'other', conflictCalendarIds: ['b'] }),
      aConfiguration({ id: '4', calendarId: 'other' }),
    ];
    const upcoming = upcomingBookings({ a: 12, b: 2, other: 7 });
    expect(
      recommendationsFor([anIssue('a'), anIssue('b')], healthFacts({ configurations, upcoming })),
    ).toEqual([
      {
        priority: 1,
        category: 'expired_tokens',
        message:
          '2 calendars of ada@example.com cannot be read; 3 configurations and 14 upcoming bookings until Friday depend on them.',
        action: 'Send ada@example.com the re-authorization link.',
        reauthUrl: 'https://example.com/link',
        affected: {
          calendars: 2,
          configurations: configurations.slice(0, 3),
          upcomingBookings: 14,
          lastBookingAt: 86_400_000,
        },
      },
    ]);
  });

  it('speaks of one calendar in the singular', () => {
    const configurations = [aConfiguration({ calendarId: 'a' })];
    const facts = healthFacts({ configurations, upcoming: upcomingBookings({ a: 1 }) });
    expect(recommendationsFor([anIssue('a')], facts)[0]?.message).toBe(
      '1 calendar of ada@example.com cannot be read; 1 configuration and 1 upcoming booking until Friday depend on it.',
    );
  });

  it('says so when nothing depends on what fails', () => {
    const [first] = recommendationsFor([anIssue('a')], healthFacts());
    expect(first?.message).toBe('1 calendar of ada@example.com cannot be read; nothing depends on it now.');
    const [empty] = recommendationsFor([anIssue(null)], healthFacts());
    expect(empty?.message).toMatch(/^Nothing can be read of ada@example.com/);
  });

  it('collapses what only the operator can mend into one, over all accounts', () => {
    const misconfigured = clientRefused('invalid_client');
    const found = recommendationsFor(
      [anIssue('a', { fault: misconfigured }), anIssue('b', { fault: misconfigured, connection: BOB })],
      healthFacts(),
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/^2 calendars of 2 accounts /);
    expect(found[0]?.action).toMatch(/GOOGLE_CLIENT_ID/);
    expect(found[0]?.reauthUrl).toBeNull();
  });

  it.each(['invalid_rapt', 'rapt_required'])(
    'F03: says of %s who sets how long a session lasts',
    (reason) => {
      const fault = aFault({
        category: 'expired_tokens',
        code: 'invalid_grant',
        reason,
        actor: 'user',
        stopsConnection: true,
      });
      const [found] = recommendationsFor([anIssue('a', { fault })], healthFacts());
      expect(found?.action).toMatch(/re-authorization link.*Google Workspace administrator.*session length/);
    },
  );

  it('says of an unauthorized client that tokens of another one need a new consent', () => {
    const found = recommendationsFor(
      ['unauthorized_client', 'invalid_client', 'unauthorized_client'].map((code, at) =>
        anIssue(`${at}`, { fault: clientRefused(code) }),
      ),
      healthFacts(),
    );
    expect(found.map(({ affected, action }) => [affected.calendars, action])).toEqual([
      [
        2,
        expect.stringMatching(
          /GOOGLE_CLIENT_ID.*Tokens that were issued to another OAuth client.*owners re-authorize once/,
        ),
      ],
      [1, expect.not.stringMatching(/re-authorize/)],
    ]);
  });

  it('F12: asks for a new consent before an authorization ends, and counts what depends on the account', () => {
    const ending = aFault({ category: 'expired_tokens', code: 'authorization_ending', actor: 'user' });
    const found = recommendationsFor(
      [anIssue(null, { fault: ending, severity: 'warning' })],
      healthFacts({
        verdicts: [aVerdict('a', ADA), aVerdict('b', ADA), aVerdict('c', BOB)],
        configurations: [aConfiguration({ calendarId: 'a' }), aConfiguration({ calendarId: 'c' })],
        upcoming: upcomingBookings({ b: 2, c: 5 }),
      }),
    );
    expect(found).toEqual([
      {
        priority: 1,
        category: 'expired_tokens',
        message:
          'The authorization of ada@example.com runs out; 1 configuration and 2 upcoming bookings until Friday depend on it.',
        action: 'Send ada@example.com the re-authorization link before the authorization ends.',
        reauthUrl: 'https://example.com/link',
        affected: {
          calendars: 2,
          configurations: [aConfiguration({ calendarId: 'a' })],
          upcomingBookings: 2,
          lastBookingAt: 86_400_000,
        },
      },
    ]);
  });

  it('keeps different causes of one account apart', () => {
    const found = recommendationsFor(
      [
        anIssue('a', { fault: aFault({ category: 'calendar_not_found' }) }),
        anIssue('b', { fault: aFault({ category: 'rate_limited' }) }),
      ],
      healthFacts(),
    );
    expect(found.map(({ category }) => category)).toEqual(['calendar_not_found', 'rate_limited']);
  });

  it('puts first what is critical, then what most bookings, configurations and calendars depend on', () => {
    const warning = (id: string, name: string): CalendarIssue =>
      anIssue(id, { severity: 'warning', connection: aConnection({ id: name, accountEmail: name }) });
    const found = recommendationsFor(
      [
        warning('few-1', 'few'),
        warning('many-1', 'many'),
        warning('many-2', 'many'),
        warning('used', 'used'),
        warning('booked', 'booked'),
        anIssue('critical', { connection: aConnection({ id: 'critical', accountEmail: 'critical' }) }),
      ],
      healthFacts({
        configurations: [aConfiguration({ calendarId: 'used' })],
        upcoming: upcomingBookings({ booked: 1 }),
      }),
    );
    expect(found.map(({ priority, message }) => [priority, message.split(' ')[3]])).toEqual([
      [1, 'critical'],
      [2, 'booked'],
      [3, 'used'],
      [4, 'many'],
      [5, 'few'],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { aConnection } from '../../test/support/a-connection.js';
import type { FailureCategory } from '../shared/failure.js';
import type { CalendarIssue } from './calendar-issues.js';
import { recommendationsFor } from './recommendations.js';

const ADA = aConnection();
const BOB = aConnection({ id: 'bob', accountEmail: 'bob@example.com' });

function anIssue(calendarId: string | null, differences: Partial<CalendarIssue> = {}): CalendarIssue {
  return {
    connection: ADA,
    calendarId,
    fault: { category: 'expired_tokens', message: '', since: 0, actor: 'user', stopsConnection: true },
    severity: 'critical',
    since: 0,
    resolution: '',
    reauthUrl: null,
    ...differences,
  };
}

function fault(category: FailureCategory, actor: 'operator' | 'none' = 'none'): CalendarIssue['fault'] {
  return { category, message: '', since: 0, actor, stopsConnection: actor === 'operator' };
}

describe('recommendationsFor', () => {
  it('recommends nothing when nothing is wrong', () => {
    expect(recommendationsFor([], { configurations: [aConfiguration()], upcoming: new Map() })).toEqual([]);
  });

  it('makes one of all calendars that an account failed with, and counts what depends on them', () => {
    const configurations = [
      aConfiguration({ id: '1', calendarId: 'a' }),
      aConfiguration({ id: '2', calendarId: 'a', conflictCalendarIds: ['b'] }),
      aConfiguration({ id: '3', calendarId: 'other', conflictCalendarIds: ['b'] }),
      aConfiguration({ id: '4', calendarId: 'other' }),
    ];
    const upcoming = new Map([
      ['a', 12],
      ['b', 2],
      ['other', 7],
    ]);
    expect(recommendationsFor([anIssue('a'), anIssue('b')], { configurations, upcoming })).toEqual([
      {
        priority: 1,
        category: 'expired_tokens',
        message:
          '2 calendars of ada@example.com cannot be read; 3 configurations and 14 upcoming bookings depend on them.',
        action: 'Send ada@example.com the re-authorization link.',
        affected: { calendars: 2, configurations: 3, upcomingBookings: 14 },
      },
    ]);
  });

  it('speaks of one calendar in the singular', () => {
    const facts = { configurations: [aConfiguration({ calendarId: 'a' })], upcoming: new Map([['a', 1]]) };
    expect(recommendationsFor([anIssue('a')], facts)[0]?.message).toBe(
      '1 calendar of ada@example.com cannot be read; 1 configuration and 1 upcoming booking depend on it.',
    );
  });

  it('says so when nothing depends on what fails', () => {
    const [first] = recommendationsFor([anIssue('a')], { configurations: [], upcoming: new Map() });
    expect(first?.message).toBe('1 calendar of ada@example.com cannot be read; nothing depends on it now.');
    const [empty] = recommendationsFor([anIssue(null)], { configurations: [], upcoming: new Map() });
    expect(empty?.message).toMatch(/^Nothing can be read of ada@example.com/);
  });

  it('collapses what only the operator can mend into one, over all accounts', () => {
    const misconfigured = fault('provider_misconfigured', 'operator');
    const found = recommendationsFor(
      [anIssue('a', { fault: misconfigured }), anIssue('b', { fault: misconfigured, connection: BOB })],
      { configurations: [], upcoming: new Map() },
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/^2 calendars of 2 accounts /);
    expect(found[0]?.action).toMatch(/GOOGLE_CLIENT_ID/);
  });

  it('keeps different causes of one account apart', () => {
    const found = recommendationsFor(
      [anIssue('a', { fault: fault('calendar_not_found') }), anIssue('b', { fault: fault('rate_limited') })],
      { configurations: [], upcoming: new Map() },
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
      {
        configurations: [aConfiguration({ calendarId: 'used' })],
        upcoming: new Map([['booked', 1]]),
      },
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

import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aConnection, aLastError } from '../../test/support/a-connection.js';
import { UNCHECKED, type CalendarState } from '../calendars/calendar.js';
import { connectionFault, verdictOf } from './calendar-verdict.js';

const HEALTHY: CalendarState = { ...UNCHECKED, status: 'healthy', checkedAt: 500 };

function unhealthy(category: CalendarState['category'], differences: Partial<CalendarState> = {}) {
  const state = {
    status: 'unhealthy' as const,
    category,
    message: 'It failed.',
    checkedAt: 500,
    unhealthySince: 400,
    ofConnection: false,
  };
  return aCalendar({ health: { ...state, ...differences } });
}

describe('verdictOf', () => {
  it('takes over what the last read said', () => {
    expect(verdictOf(aCalendar({ health: HEALTHY }), aConnection(), false)).toMatchObject({
      status: 'healthy',
      fault: null,
    });
    expect(verdictOf(unhealthy('permission_error'), aConnection(), false)).toMatchObject({
      status: 'unhealthy',
      fault: {
        category: 'permission_error',
        message: 'It failed.',
        since: 400,
        actor: 'none',
        stopsConnection: false,
      },
    });
  });

  it('does not call a calendar failing that was never checked', () => {
    expect(verdictOf(aCalendar(), aConnection(), true)).toMatchObject({ status: 'unknown', fault: null });
  });

  it('makes every calendar of a connection that needs re-authorization fail for its reason', () => {
    const connection = aConnection({ authStatus: 'needs_reauth', lastError: aLastError() });
    expect(verdictOf(aCalendar({ health: HEALTHY }), connection, false)).toMatchObject({
      status: 'unhealthy',
      fault: { category: 'expired_tokens', since: 1000, actor: 'user', stopsConnection: true },
    });
  });

  it('begins the outage when the calendar failed, if that was before the connection did', () => {
    const connection = aConnection({ authStatus: 'needs_reauth', lastError: aLastError({ at: 1000 }) });
    expect(verdictOf(unhealthy('connection_error'), connection, false)?.fault?.since).toBe(400);
    const later = unhealthy('connection_error', { unhealthySince: 1400 });
    expect(verdictOf(later, connection, false)?.fault?.since).toBe(1000);
  });

  it('counts calendars of a disconnected account only where a configuration uses them', () => {
    const connection = aConnection({ authStatus: 'disconnected' });
    expect(verdictOf(aCalendar({ health: HEALTHY }), connection, false)).toBeNull();
    expect(verdictOf(aCalendar({ health: HEALTHY }), connection, true)?.fault).toMatchObject({
      category: 'missing_tokens',
      actor: 'user',
      since: null,
    });
  });

  it('counts a calendar that left its account only where a configuration uses it', () => {
    const gone = aCalendar({ active: false, health: HEALTHY });
    expect(verdictOf(gone, aConnection(), false)).toBeNull();
    expect(verdictOf(gone, aConnection(), true)?.fault).toMatchObject({
      category: 'calendar_not_found',
      stopsConnection: false,
    });
  });

  it.each(['missing_tokens', 'expired_tokens', 'permission_error', 'provider_misconfigured'] as const)(
    'forgets a %s of the connection as soon as that works again',
    (category) => {
      const read = unhealthy(category, { ofConnection: true });
      expect(verdictOf(read, aConnection(), false)).toMatchObject({ status: 'unknown', fault: null });
      const stopped = aConnection({ authStatus: 'needs_reauth', lastError: aLastError({ category }) });
      expect(verdictOf(read, stopped, false)).toMatchObject({ status: 'unhealthy', fault: { category } });
    },
  );

  it('keeps what is wrong with the calendar itself', () => {
    const read = unhealthy('permission_error');
    expect(verdictOf(read, aConnection({ lastRefreshedAt: 900 }), false)?.status).toBe('unhealthy');
  });

  it('leaves to the operator what the operator must mend', () => {
    const read = unhealthy('provider_misconfigured');
    expect(verdictOf(read, aConnection(), false)?.fault).toMatchObject({ actor: 'operator' });
  });
});

describe('connectionFault', () => {
  it('finds nothing wrong with a connection that only stumbled', () => {
    const lastError = aLastError({ category: 'connection_error', needsReauth: false, actor: 'none' });
    expect(connectionFault(aConnection({ lastError }))).toBeNull();
    expect(connectionFault(aConnection())).toBeNull();
  });

  it('tells of tokens that cannot be decrypted although the connection counts as active', () => {
    const lastError = aLastError({ category: 'provider_misconfigured', actor: 'operator' });
    expect(connectionFault(aConnection({ lastError }))).toMatchObject({
      category: 'provider_misconfigured',
      actor: 'operator',
      since: 1000,
    });
  });
});

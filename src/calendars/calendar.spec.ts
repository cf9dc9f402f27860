import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aConnection, aLastError } from '../../test/support/a-connection.js';
import { presentHealth, UNCHECKED, withPresentHealth, type CalendarState } from './calendar.js';

const HEALTHY: CalendarState = { ...UNCHECKED, status: 'healthy', checkedAt: 500 };
const STOPPED: CalendarState = {
  status: 'unhealthy',
  category: 'permission_error',
  message: 'The owner must re-authorize.',
  checkedAt: 500,
  unhealthySince: 400,
  ofConnection: true,
};
const stopped = aConnection({ authStatus: 'needs_reauth', lastError: aLastError() });

describe('the present health of a calendar', () => {
  it('is what the last read said while its connection works', () => {
    for (const health of [HEALTHY, { ...STOPPED, ofConnection: false }])
      expect(presentHealth({ health }, aConnection())).toEqual(health);
  });

  it('is unknown again as soon as the connection works that had stopped', () => {
    expect(presentHealth({ health: STOPPED }, aConnection())).toEqual({ ...UNCHECKED, checkedAt: 500 });
  });

  it('is bad while the connection stands still, also where the last read was good', () => {
    const { category, message } = aLastError();
    for (const health of [HEALTHY, STOPPED])
      expect(presentHealth({ health }, stopped)).toEqual({
        ...health,
        status: 'unhealthy',
        category,
        message,
        ofConnection: true,
      });
  });

  it('goes by each calendar’s own connection', () => {
    const one = aCalendar({ id: 'one', connectionId: stopped.id, health: HEALTHY });
    const other = aCalendar({ id: 'other', connectionId: 'another', health: HEALTHY });
    const shown = withPresentHealth([one, other], [stopped, aConnection({ id: 'another' })]);
    expect(shown.map(({ health }) => health.status)).toEqual(['unhealthy', 'healthy']);
  });
});

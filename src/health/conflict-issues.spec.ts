import { describe, expect, it } from '@jest/globals';
import { conflictIssues } from './conflict-issues.js';

const SINCE = Date.UTC(2027, 2, 10, 14);

describe('appointments that share their time with events of somebody else', () => {
  it.each([
    [1, 'In "Main", 1 appointment shares its time with an event that was put there by hand.'],
    [2, 'In "Main", 2 appointments share their time with an event that was put there by hand.'],
  ])('are an issue of their calendar: %d', (count, message) => {
    const whose = {
      workspaceId: 'workspace-1',
      connectionId: 'connection-1',
      accountEmail: 'ada@example.com',
      calendarId: 'calendar-1',
      since: SINCE,
    };
    expect(conflictIssues([{ ...whose, calendarName: 'Main', count }])).toEqual([
      {
        ...whose,
        webhookId: null,
        reauthUrl: null,
        message,
        resolution: expect.stringContaining('reschedule'),
      },
    ]);
  });
});

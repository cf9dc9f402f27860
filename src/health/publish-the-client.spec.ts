import { describe, expect, it } from '@jest/globals';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { aConnection } from '../../test/support/a-connection.js';
import { aFault, aVerdict, healthFacts, upcomingBookings } from '../../test/support/health-facts.js';
import type { Connection } from '../oauth/connection.js';
import type { TestingSigns } from '../oauth/testing-status.js';
import { issuesOf } from './calendar-issues.js';
import { recommendationsFor, type Recommendation } from './recommendations.js';

const REVOKED = aFault({
  category: 'expired_tokens',
  code: 'invalid_grant',
  actor: 'user',
  stopsConnection: true,
});

function named(id: string): Connection {
  return aConnection({ id, accountEmail: `${id}@example.com` });
}

/** Of connections with one calendar each, named alike; bookings are written to that of `ada`. */
function recommendations(
  testing: TestingSigns,
  stopped: readonly string[] = [],
  ids = ['ada', 'bob', 'eve'],
): Recommendation[] {
  const connections = ids.map(named);
  const facts = healthFacts({
    connections,
    verdicts: connections.map((one) => aVerdict(one.id, one, stopped.includes(one.id) ? REVOKED : null)),
    configurations: [aConfiguration({ calendarId: 'ada' })],
    upcoming: upcomingBookings({ ada: 3 }),
    testing,
  });
  return recommendationsFor(
    issuesOf(facts, (id) => id, 5000),
    facts,
  );
}

const messages = (found: readonly Recommendation[]): string[] => found.map(({ message }) => message);

describe('the recommendation to publish the OAuth client', () => {
  it('is not made without signs', () => {
    expect(recommendations({ lost: [], announced: [] })).toEqual([]);
  });

  it('comes before the single re-authorizations that it explains', () => {
    const found = recommendations({ lost: ['ada', 'bob'], announced: [] }, ['ada', 'bob']);
    expect(found[0]).toEqual({
      priority: 1,
      category: 'expired_tokens',
      message:
        '2 accounts lost their authorization seven days after consent, as Google ends it while the OAuth client is in testing; 1 configuration and 3 upcoming bookings until Friday depend on them.',
      action:
        'Publish the OAuth client (set its publishing status to In production) in the Google Cloud console; then the affected accounts re-authorize once.',
      reauthUrl: null,
      affected: {
        calendars: 2,
        configurations: [aConfiguration({ calendarId: 'ada' })],
        upcomingBookings: 3,
        lastBookingAt: 86_400_000,
      },
    });
    expect(messages(found.slice(1))).toEqual([
      expect.stringMatching(/^1 calendar of ada@example.com/),
      expect.stringMatching(/^1 calendar of bob@example.com/),
    ]);
  });

  it('comes first also when it explains one stopped account and nothing else depends on it', () => {
    const found = recommendations({ lost: ['ada'], announced: [] }, ['ada']);
    expect(messages(found)).toEqual([
      expect.stringMatching(/^ada@example.com lost their authorization/),
      expect.stringMatching(/^1 calendar of ada@example.com/),
    ]);
  });

  it('comes after what is more urgent and has another cause', () => {
    const found = recommendations({ lost: [], announced: ['bob'] }, ['ada']);
    expect(messages(found)).toEqual([
      expect.stringMatching(/^1 calendar of ada@example.com/),
      expect.stringMatching(/^bob@example.com will lose their authorization seven days after consent/),
    ]);
  });

  it('tells accounts that lost their authorization from those that will', () => {
    const [first] = recommendations({ lost: ['ada', 'bob'], announced: ['eve'] });
    expect(first?.message).toMatch(
      /^2 accounts lost, eve@example.com will lose their authorization seven days/,
    );
    expect(first?.affected.calendars).toBe(3);
  });

  it('counts an account of two workspaces once', () => {
    const facts = healthFacts({
      connections: [aConnection({ id: '1' }), aConnection({ id: '2', workspaceId: 'other' })],
      testing: { lost: ['1', '2'], announced: [] },
    });
    expect(recommendationsFor([], facts)[0]?.message).toMatch(
      /^ada@example.com lost .*nothing depends on them/,
    );
  });
});

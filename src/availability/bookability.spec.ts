import { describe, expect, it } from '@jest/globals';
import { aFailure, revokedGrant } from '../../test/support/a-failure.js';
import { availabilityBench } from '../../test/support/availability-bench.js';

describe('whether a booking needs somebody to re-authorize first', () => {
  it('is no while the booking calendar’s connection is active, failing for the moment or not', async () => {
    const { bookability, configuration, fixture, connections, owners } = await availabilityBench();
    expect(await bookability.requiresReauth(configuration, fixture)).toBe(false);
    await connections.noteFailure(owners[0]?.id ?? '', aFailure());
    expect(await bookability.requiresReauth(configuration, fixture)).toBe(false);
  });

  it('is yes when that connection waits for a person, or was disconnected', async () => {
    const { bookability, configuration, fixture, connections, owners } = await availabilityBench();
    await connections.markNeedsReauth(owners[0]?.id ?? '', 1, revokedGrant());
    expect(await bookability.requiresReauth(configuration, fixture)).toBe(true);
    await connections.disconnect(owners[0]?.id ?? '');
    expect(await bookability.requiresReauth(configuration, fixture)).toBe(true);
  });

  it('does not go by the connections of conflict calendars', async () => {
    const { bookability, configuration, fixture, connections, owners } = await availabilityBench();
    await connections.markNeedsReauth(owners[1]?.id ?? '', 1, revokedGrant());
    expect(await bookability.requiresReauth(configuration, fixture)).toBe(false);
  });

  it('is yes when the booking calendar or its connection is gone', async () => {
    const { bookability, configuration, fixture } = await availabilityBench();
    const orphans = fixture.map((calendar) => ({ ...calendar, connectionId: calendar.id }));
    expect(await bookability.requiresReauth(configuration, [])).toBe(true);
    expect(await bookability.requiresReauth(configuration, orphans)).toBe(true);
  });
});

it('gives a request the time that is configured for its calendars', async () => {
  const { bookability, config } = await availabilityBench();
  expect(bookability.deadline().remainingMs()).toBe(config.providerDeadlineMs);
});

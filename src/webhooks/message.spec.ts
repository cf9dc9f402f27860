import { describe, expect, it } from '@jest/globals';
import { anEvent } from '../../test/support/a-webhook.js';
import type { OutboxEvent } from '../outbox/outbox-event.js';
import { messageOf } from './message.js';

const linkFor = (id: string): string => `https://slots.example.com/reauthorize?link=${id}`;
const bodyOf = (event: OutboxEvent): Record<string, unknown> => JSON.parse(messageOf(event, linkFor).body);

describe('the message about an event', () => {
  it('says what happened when, to which object, and as the how manieth change', () => {
    expect(bodyOf(anEvent())).toEqual({
      type: 'calendar.failing',
      timestamp: '2027-03-10T14:00:00Z',
      data: {
        workspace_id: 'workspace-1',
        sequence: 7,
        calendar_id: 'calendar-1',
        name: 'Main',
        category: 'calendar_not_found',
      },
    });
  });

  it('has the id of the event, so that every attempt and every receiver sees the same', () => {
    expect(messageOf(anEvent({ id: 'event-9' }), linkFor).id).toBe('event-9');
  });

  it('brings the link that mends it, when it is the owner who can', () => {
    const stopped = { type: 'connection.needs_reauth', objectId: 'connection-1' };
    const link = (differences: Partial<OutboxEvent>): unknown =>
      (bodyOf(anEvent({ ...stopped, ...differences }))['data'] as Record<string, unknown>)['reauth_url'];
    expect(link({ data: { actor: 'user' } })).toBe(linkFor('connection-1'));
    expect(link({ data: { actor: 'admin' } })).toBe(linkFor('connection-1'));
    expect(link({ data: { actor: 'operator' } })).toBeUndefined();
    expect(link({ type: 'connection.recovered', data: {} })).toBeUndefined();
  });
});

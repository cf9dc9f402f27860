import type { OutboxEvent } from '../outbox/outbox-event.js';
import { formatInstant } from '../shared/time.js';
import type { Message } from './webhook-sender.js';

/**
 * The message that tells of an event, the same for every receiver and at every attempt, but for the link by which the
 * owner of an account consents again: `linkFor` makes a fresh one, since a link ends after some days. There is none
 * when the owner cannot mend it.
 */
export function messageOf(event: OutboxEvent, linkFor: (connectionId: string) => string): Message {
  const { id, type, workspaceId, objectId, sequence, data, occurredAt } = event;
  const isOwners = type === 'connection.needs_reauth' && data['actor'] !== 'operator';
  const link = isOwners ? { reauth_url: linkFor(objectId) } : {};
  const body = {
    type,
    timestamp: formatInstant(occurredAt, 'UTC'),
    data: { workspace_id: workspaceId, sequence, ...data, ...link },
  };
  return { id, body: JSON.stringify(body) };
}

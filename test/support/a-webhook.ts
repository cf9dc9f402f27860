import type { OutboxEvent } from '../../src/outbox/outbox-event.js';
import { EVENT_TYPES } from '../../src/outbox/outbox-event.js';
import type { Webhook } from '../../src/webhooks/webhook.js';

export function aWebhook(differences: Partial<Webhook> = {}): Webhook {
  return {
    id: 'webhook-1',
    workspaceId: 'workspace-1',
    url: 'https://hooks.example.com/slotkeeper',
    events: EVENT_TYPES,
    description: null,
    active: true,
    failures: 0,
    failingSince: null,
    disabled: null,
    createdAt: 0,
    ...differences,
  };
}

export function anEvent(differences: Partial<OutboxEvent> = {}): OutboxEvent {
  return {
    id: 'event-1',
    workspaceId: 'workspace-1',
    type: 'calendar.failing',
    objectId: 'calendar-1',
    sequence: 7,
    data: { calendar_id: 'calendar-1', name: 'Main', category: 'calendar_not_found' },
    occurredAt: Date.UTC(2027, 2, 10, 14),
    ...differences,
  };
}

import { Injectable } from '@nestjs/common';
import type { OutboxEvent } from '../outbox/outbox-event.js';
import { OutboxEvents } from '../outbox/outbox-events.js';
import { Clock } from '../shared/clock.js';
import { Mails } from './mails.js';
import { mailsOfStop } from './owner-schedule.js';

/** Plans the e-mails that follow from what happened to an account, and takes back what has become needless. */
@Injectable()
export class PlanOwnerMails {
  constructor(
    private readonly events: OutboxEvents,
    private readonly mails: Mails,
    private readonly clock: Clock,
  ) {}

  /** May be told of an event more than once, and of events in any order. */
  async execute(eventId: string): Promise<void> {
    const event = await this.events.find(eventId);
    if (event === null) return;
    if (event.type === 'connection.needs_reauth') return this.#stopped(event);
    await this.mails.cancelStale(event.objectId);
    if (event.type === 'connection.recovered') await this.#recovered(event.objectId);
  }

  /** What the operator has to mend, owners hear nothing of (F05). */
  async #stopped({ id: episode, objectId: connectionId, occurredAt: at, data }: OutboxEvent): Promise<void> {
    if (data['actor'] === 'operator') return;
    const lastFirstAt = await this.mails.lastFirstAt(connectionId);
    await this.mails.plan(mailsOfStop({ episode, connectionId, at }, lastFirstAt));
  }

  /** Told once, and only where somebody was asked for something. */
  async #recovered(connectionId: string): Promise<void> {
    const told = await this.mails.toldEpisode(connectionId);
    if (told === null) return;
    await this.mails.plan([
      { ...told, step: 'recovered', connectionId, fault: null, dueAt: this.clock.now() },
    ]);
  }
}

import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Ids } from '../../shared/ids.js';
import type { OutboxEvent } from '../outbox-event.js';
import { OutboxEvents } from '../outbox-events.js';
import { OutboxEventEntity } from './outbox-event.entity.js';

@Injectable()
export class PostgresOutboxEvents extends OutboxEvents {
  constructor(
    @InjectRepository(OutboxEventEntity) private readonly rows: Repository<OutboxEventEntity>,
    private readonly ids: Ids,
  ) {
    super();
  }

  async find(id: string): Promise<OutboxEvent | null> {
    const row = await this.rows.findOneBy({ id });
    return row && eventOfRow(row);
  }

  async add({
    workspaceId,
    type,
    objectId,
    data,
  }: Pick<OutboxEvent, 'workspaceId' | 'type' | 'objectId' | 'data'>): Promise<OutboxEvent> {
    const id = this.ids.next();
    await this.rows.query(
      'INSERT INTO outbox_events (id, workspace_id, type, object_id, data) VALUES ($1, $2, $3, $4, $5)',
      [id, workspaceId, type, objectId, JSON.stringify(data)],
    );
    return eventOfRow(await this.rows.findOneByOrFail({ id }));
  }

  async removeOlderThan(ageMs: number): Promise<number> {
    const [, count]: [unknown[], number] = await this.rows.query(
      `DELETE FROM outbox_events WHERE occurred_at < now() - $1 * interval '1 millisecond'`,
      [ageMs],
    );
    return count;
  }
}

function eventOfRow({
  id,
  workspaceId,
  type,
  objectId,
  sequence,
  data,
  occurredAt,
}: OutboxEventEntity): OutboxEvent {
  return { id, workspaceId, type, objectId, sequence: Number(sequence), data, occurredAt };
}

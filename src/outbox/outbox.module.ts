import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ForgetEventsJob } from './jobs/forget-events.job.js';
import { OutboxEvents } from './outbox-events.js';
import { OutboxEventEntity } from './persistence/outbox-event.entity.js';
import { PostgresOutboxEvents } from './persistence/postgres-outbox-events.js';

export { bookingNews, telling, utcText } from './persistence/event-statements.js';

export const outboxEntities = [OutboxEventEntity];

@Module({
  imports: [TypeOrmModule.forFeature(outboxEntities)],
  providers: [ForgetEventsJob, { provide: OutboxEvents, useClass: PostgresOutboxEvents }],
  exports: [OutboxEvents],
})
export class OutboxModule {}

import { ApiProperty } from '../../shared/api-decorators.js';
import { formatInstant, type Instant } from '../../shared/time.js';
import {
  DELIVERY_FAILURES,
  DELIVERY_STATUSES,
  type Delivery,
  type DeliveryFailure,
  type DeliveryStatus,
} from '../delivery.js';

export class DeliveryDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid', description: 'The `webhook-id` of the message, the same at every attempt.' })
  event_id: string;
  @ApiProperty({ example: 'calendar.failing' }) event_type: string;
  @ApiProperty({ enum: DELIVERY_STATUSES, description: 'Pending is tried again by itself, failed is not.' })
  status: DeliveryStatus;
  @ApiProperty({ description: 'How often it was sent. What follows is of the last time.' }) attempts: number;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Null: there was no answer.' })
  response_status: number | null;
  @ApiProperty({ enum: DELIVERY_FAILURES, nullable: true, description: '`answer`: another status than 2xx.' })
  failure: DeliveryFailure | null;
  @ApiProperty({ type: 'integer', nullable: true }) duration_ms: number | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) attempted_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: not by itself.' })
  next_attempt_at: string | null;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of(delivery: Delivery): DeliveryDto {
    return {
      id: delivery.id,
      event_id: delivery.eventId,
      event_type: delivery.eventType,
      status: delivery.status,
      attempts: delivery.attempts,
      response_status: delivery.responseStatus,
      failure: delivery.failure,
      duration_ms: delivery.durationMs,
      attempted_at: optional(delivery.attemptedAt),
      next_attempt_at: optional(delivery.nextAttemptAt),
      created_at: formatInstant(delivery.createdAt, 'UTC'),
    };
  }
}

export class DeliveryPage {
  @ApiProperty({ type: [DeliveryDto] }) items: readonly DeliveryDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

function optional(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at, 'UTC');
}

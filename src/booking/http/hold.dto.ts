import { ApiProperty } from '../../shared/api-decorators.js';
import { InstantField, IntField } from '../../shared/fields.js';
import { formatInstant } from '../../shared/time.js';
import type { Hold } from '../hold.js';

export class NewHoldDto {
  @InstantField() start_time: string;
  @IntField({ optional: true, min: 5, max: 1440, description: "Default: the configuration's." })
  duration_minutes?: number;
  @IntField({ optional: true, min: 30, max: 3600, default: 300, description: 'How long the time is kept.' })
  ttl_seconds?: number;
}

export class HoldDto {
  @ApiProperty({ format: 'uuid', description: 'Send it as hold_id when booking.' }) id: string;
  @ApiProperty({ format: 'date-time' }) start_time: string;
  @ApiProperty({ format: 'date-time' }) end_time: string;
  @ApiProperty({ format: 'date-time' }) expires_at: string;

  static of({ id, startAt, endAt, expiresAt, timezone }: Hold): HoldDto {
    return {
      id,
      start_time: formatInstant(startAt, timezone),
      end_time: formatInstant(endAt, timezone),
      expires_at: formatInstant(expiresAt, timezone),
    };
  }
}

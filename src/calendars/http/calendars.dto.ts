import { ApiProperty } from '../../shared/api-decorators.js';
import { ConnectionDto } from '../../oauth/oauth.module.js';
import { FAILURE_CATEGORIES, type FailureCategory } from '../../shared/failure.js';
import { IdField } from '../../shared/fields.js';
import { PageQuery } from '../../shared/page.js';
import { formatInstant } from '../../shared/time.js';
import type { Calendar } from '../calendar.js';

export class CalendarQuery extends PageQuery {
  @IdField({ optional: true, description: 'Only of this connection.' }) connection_id?: string;
}

class CheckedHealthDto {
  @ApiProperty({ enum: ['healthy', 'unhealthy', 'unknown'] }) status: Calendar['health']['status'];
  @ApiProperty({ enum: FAILURE_CATEGORIES, nullable: true }) category: FailureCategory | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) checked_at: string | null;
}

export class CalendarDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) connection_id: string;
  @ApiProperty({ enum: ['google'] }) provider: 'google';
  @ApiProperty({ description: "The provider's own id.", example: 'ada@example.com' }) external_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'America/New_York' }) timezone: string;
  @ApiProperty({ example: 'owner' }) access_role: string;
  @ApiProperty() primary: boolean;
  @ApiProperty({ description: "False once the account's list no longer has it." }) active: boolean;
  @ApiProperty() health: CheckedHealthDto;

  static of(calendar: Calendar): CalendarDto {
    const { id, connectionId, externalId, name, timezone, accessRole, primary, active, health } = calendar;
    const { status, category, checkedAt } = health;
    return {
      id,
      connection_id: connectionId,
      provider: 'google',
      external_id: externalId,
      name,
      timezone,
      access_role: accessRole,
      primary,
      active,
      health: { status, category, checked_at: checkedAt === null ? null : formatInstant(checkedAt, 'UTC') },
    };
  }
}

export class CalendarPage {
  @ApiProperty({ type: [CalendarDto] }) items: readonly CalendarDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

export class ConnectedAnswer {
  @ApiProperty() connection: ConnectionDto;
  @ApiProperty({ type: [CalendarDto] }) calendars: readonly CalendarDto[];
}

export class ConnectionTestAnswer {
  @ApiProperty() ok: boolean;
  @ApiProperty({ enum: FAILURE_CATEGORIES, nullable: true }) category: FailureCategory | null;
  @ApiProperty() message: string;
  @ApiProperty({ format: 'date-time' }) checked_at: string;
}

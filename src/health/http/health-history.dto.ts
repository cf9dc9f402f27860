import { ApiProperty } from '../../shared/api-decorators.js';
import { FAILURE_CATEGORIES, type FailureCategory } from '../../shared/failure.js';
import { IdField, InstantField, TextField } from '../../shared/fields.js';
import type {
  CalendarLevelView,
  LevelView,
  OutageView,
  ServiceLevelsView,
  TrendPointView,
  TrendView,
  WorkspaceLevelView,
} from '../history-view.js';
import { HealthScopeDto } from './calendar-health.dto.js';

export class TrendQuery extends HealthScopeDto {
  @IdField({ optional: true, description: 'Default: all calendars together.' }) calendar_id?: string;
  @InstantField({
    optional: true,
    description: 'Default: thirty days, today included. At most 366 days back.',
  })
  from?: string;
  @InstantField({ optional: true, description: 'Default, and at the latest: now.' }) to?: string;
  @TextField({
    optional: true,
    max: 10,
    example: '1d',
    description:
      'A number of minutes (30 days back at most), hours, days or weeks: `15m`, `1h`, `1d`, `1w`; at most 1000 steps. Days are those of the workspace, else of UTC. Default: `1h` up to two days, then `1d`.',
  })
  step?: string;
}

export class ServiceLevelQuery extends HealthScopeDto {
  @IdField({ optional: true, description: 'Default: all calendars. With one, no workspaces are told of.' })
  calendar_id?: string;

  @TextField({
    optional: true,
    max: 10,
    default: '30d',
    description: 'How long before now: a number of hours, days or weeks, up to `366d`.',
  })
  window = '30d';

  @TextField({
    optional: true,
    max: 10,
    default: '99.9',
    description: 'The availability to measure by, from 50 %: a percentage, or a share such as `0.999`.',
  })
  target = '99.9';
}

export class LevelDto implements LevelView {
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Share of the observed time, 0 to 1; null when nothing was observed.',
  })
  availability: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Share of the downtime that the target allows which is left; negative when more was used.',
  })
  error_budget_remaining: number | null;
  @ApiProperty({ description: 'Counted by the hour, from that in which the window begins.' }) checks: number;
  @ApiProperty() failed_checks: number;
  @ApiProperty() observed_minutes: number;
  @ApiProperty({ description: 'The rest of the window: neither up nor down.' }) unknown_minutes: number;
  @ApiProperty() downtime_minutes: number;
  @ApiProperty({ description: 'Outages that reach into the window.' }) outage_count: number;
  @ApiProperty({ description: 'As far as it lies in the window and was observed.' })
  longest_outage_minutes: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Of the outages that ended in the window; null when none did.',
  })
  mean_time_to_recovery_minutes: number | null;
}

class OutageDto implements OutageView {
  @ApiProperty({ format: 'date-time', description: 'The first failed observation after the last good one.' })
  started_at: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null while it lasts.' })
  ended_at: string | null;
  @ApiProperty({ description: 'Of all of it, up to now while it lasts.' }) duration_minutes: number;
  @ApiProperty({ enum: FAILURE_CATEGORIES }) category: FailureCategory;
}

class WorkspaceLevelDto extends LevelDto implements WorkspaceLevelView {
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty() name: string;
}

class CalendarLevelDto extends LevelDto implements CalendarLevelView {
  @ApiProperty({ format: 'uuid' }) calendar_id: string;
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty({ format: 'uuid' }) connection_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'email' }) account_email: string;
  @ApiProperty({ type: [OutageDto], description: 'The latest 20, latest first.' })
  outages: readonly OutageDto[];
}

export class ServiceLevelsAnswer implements ServiceLevelsView {
  @ApiProperty({ format: 'date-time' }) generated_at: string;
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  @ApiProperty({ description: 'As a share.' }) target: number;
  @ApiProperty({ description: 'What the numbers mean.' }) basis: string;
  @ApiProperty() total: LevelDto;
  @ApiProperty({ type: [WorkspaceLevelDto] }) workspaces: readonly WorkspaceLevelDto[];
  @ApiProperty({ type: [CalendarLevelDto] }) calendars: readonly CalendarLevelDto[];
}

class TrendPointDto implements TrendPointView {
  @ApiProperty({ format: 'date-time' }) start_time: string;
  @ApiProperty({ format: 'date-time' }) end_time: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Null when nothing was observed.' })
  availability: number | null;
  @ApiProperty({ description: 'Added up over the calendars.' }) observed_minutes: number;
  @ApiProperty() downtime_minutes: number;
  @ApiProperty({ description: 'From steps of an hour on, those of the hours that begin in the step.' })
  checks: number;
  @ApiProperty() failed_checks: number;
  @ApiProperty({ type: Number, nullable: true }) average_check_ms: number | null;
}

export class TrendAnswer implements TrendView {
  @ApiProperty({ format: 'date-time' }) generated_at: string;
  @ApiProperty({ description: 'In which days begin and end.' }) timezone: string;
  @ApiProperty() step: string;
  @ApiProperty({ description: 'What the numbers mean.' }) basis: string;
  @ApiProperty({ type: [TrendPointDto] }) points: readonly TrendPointDto[];
}

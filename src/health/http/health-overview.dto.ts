import { ApiProperty } from '../../shared/api-decorators.js';
import { ChoiceField, IdField, InstantField, TextField } from '../../shared/fields.js';
import { PageQuery } from '../../shared/page.js';
import type { ReportStatus } from '../calendar-health-report.js';
import {
  CALENDAR_SORTS,
  CALENDAR_STATUSES,
  type CalendarSort,
  type CalendarStatus,
} from '../calendar-listing.js';
import type {
  CalendarRowView,
  OverviewView,
  SharedIssueView,
  SummaryView,
  WorkspaceOverviewView,
  WorkspaceRowView,
} from '../health-overview-view.js';
import { WORKSPACE_SORTS, WORKSPACE_STATUSES, type WorkspaceSort } from '../workspace-listing.js';
import {
  CalendarTotalsDto,
  CheckedCalendarDto,
  IssueDto,
  RecommendationDto,
  STATUSES,
  SystemTotalsDto,
} from './calendar-health.dto.js';
import { LevelDto, TrendAnswer } from './health-history.dto.js';

export class SummaryQuery {
  @InstantField({ optional: true, description: 'Also counts the calendars that were checked from here on.' })
  checked_since?: string;
}

class ListQuery extends PageQuery {
  @TextField({
    optional: true,
    min: 0,
    max: 200,
    description: 'Words that occur all in the names of workspace, account or calendar.',
    example: 'acme ada',
  })
  search = '';

  @ChoiceField({
    optional: true,
    of: ['asc', 'desc'],
    default: 'asc',
    description: 'The order, or the other way round.',
  })
  order: 'asc' | 'desc' = 'asc';
}

export class WorkspaceListQuery extends ListQuery {
  @ChoiceField({ optional: true, of: WORKSPACE_STATUSES, description: 'Default: any.' })
  status?: ReportStatus;
  @ChoiceField({
    optional: true,
    of: WORKSPACE_SORTS,
    default: 'status',
    description: 'By `status`: the worst first.',
  })
  sort: WorkspaceSort = 'status';
}

export class CalendarListQuery extends ListQuery {
  @IdField({ optional: true, description: 'Default: all workspaces.' }) workspace_id?: string;
  @IdField({ optional: true, description: 'This one only.' }) calendar_id?: string;
  @ChoiceField({ optional: true, of: CALENDAR_STATUSES, description: 'Default: any.' })
  status?: CalendarStatus;
  @ChoiceField({
    optional: true,
    of: CALENDAR_SORTS,
    default: 'status',
    description: 'By `status`: what fails first, of that the longest outage.',
  })
  sort: CalendarSort = 'status';
}

class SummaryAnswer implements SummaryView {
  @ApiProperty({ format: 'date-time', description: 'It may be some seconds old.' }) generated_at: string;
  @ApiProperty({ enum: STATUSES }) status: ReportStatus;
  @ApiProperty({ description: 'Accounts that wait for somebody to authorize them again.' })
  needs_reauth_connections: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Calendars checked since `checked_since`; null without one.',
  })
  checked_calendars: number | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The check longest ago.' })
  oldest_check_at: string | null;
  @ApiProperty() issue_count: number;
  @ApiProperty() critical_issue_count: number;
  @ApiProperty({ description: 'The availability to measure by, as a share.' }) target: number;
  @ApiProperty({ description: 'Over the last 30 days.' }) level: LevelDto;
}

export class OverviewAnswer extends SummaryAnswer implements OverviewView {
  @ApiProperty() totals: SystemTotalsDto;
  @ApiProperty() recommendation_count: number;
  @ApiProperty({ type: [RecommendationDto], description: 'The first five.' })
  recommendations: readonly RecommendationDto[];
  @ApiProperty({ description: 'By the day, over the last 30.' }) trend: TrendAnswer;
}

class SharedIssueDto extends IssueDto implements SharedIssueView {
  @ApiProperty({ description: 'How many issues of the account this stands for.' }) count: number;
}

export class WorkspaceOverviewAnswer extends SummaryAnswer implements WorkspaceOverviewView {
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty() name: string;
  @ApiProperty() timezone: string;
  @ApiProperty() totals: CalendarTotalsDto;
  @ApiProperty({ type: [SharedIssueDto], description: 'The first twenty, what has the same cause once.' })
  issues: readonly SharedIssueDto[];
  @ApiProperty({ description: 'How many there are of these.' }) shared_issue_count: number;
}

const AVAILABILITY = { type: Number, nullable: true, description: 'Over the last 30 days.' } as const;

class WorkspaceRowDto extends CalendarTotalsDto implements WorkspaceRowView {
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: STATUSES }) status: ReportStatus;
  @ApiProperty() needs_reauth_connections: number;
  @ApiProperty(AVAILABILITY) availability: number | null;
  @ApiProperty(AVAILABILITY) error_budget_remaining: number | null;
}

class CalendarRowDto extends CheckedCalendarDto implements CalendarRowView {
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty() workspace_name: string;
  @ApiProperty({ type: String, format: 'uri', nullable: true }) reauth_url: string | null;
  @ApiProperty(AVAILABILITY) availability: number | null;
  @ApiProperty(AVAILABILITY) error_budget_remaining: number | null;
}

class ListAnswer {
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
  @ApiProperty({ description: 'On all pages together.' }) total: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'Of what was searched for, by status.',
  })
  counts: Readonly<Record<string, number>>;
}

export class WorkspaceListAnswer extends ListAnswer {
  @ApiProperty({ type: [WorkspaceRowDto] }) items: readonly WorkspaceRowDto[];
}

export class CalendarListAnswer extends ListAnswer {
  @ApiProperty({ type: [CalendarRowDto] }) items: readonly CalendarRowDto[];
}

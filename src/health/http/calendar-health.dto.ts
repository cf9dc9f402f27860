import { ApiProperty } from '../../shared/api-decorators.js';
import type { TokenSweep } from '../../oauth/sweep-tokens.js';
import { FAILURE_CATEGORIES, type FailureCategory } from '../../shared/failure.js';
import { BooleanField, IdField, IntField } from '../../shared/fields.js';
import type { CleanUpView, DeadConnectionView } from '../clean-up-view.js';
import { DEFAULT_DEAD_DAYS } from '../clean-up-tokens.js';
import type { ReportStatus } from '../calendar-health-report.js';
import type {
  CalendarTotalsView,
  CheckedCalendarView,
  ConnectionHealthView,
  HealthReportView,
  IssueExportView,
  IssueView,
  RecommendationView,
  SweepView,
  SystemTotalsView,
  WorkspaceHealthView,
} from '../health-report-view.js';

export const STATUSES = ['healthy', 'partial', 'critical'] satisfies ReportStatus[];

export class HealthScopeDto {
  @IdField({ optional: true, description: 'Default: all workspaces.' }) workspace_id?: string;
}

export class HealthRunDto {
  @IdField({
    optional: true,
    description:
      'Default: all workspaces. One such run goes on at a time; another is refused with 409 and `Retry-After`.',
  })
  workspace_id?: string;
}

export class RefreshTokensDto extends HealthRunDto {
  @BooleanField({
    optional: true,
    default: false,
    description: 'Refresh every account, not only those whose token is about to expire.',
  })
  force?: boolean;
}

export class RefreshTokensAnswer {
  @ApiProperty({ description: 'Connected accounts that were looked at.' }) checked: number;
  @ApiProperty() refreshed: number;
  @ApiProperty({ description: 'Accounts that work again only when somebody has acted.' })
  needs_reauth: number;
  @ApiProperty({ description: 'Accounts whose refresh failed for the moment.' }) failed: number;

  static of({ checked, refreshed, needsReauth, failed }: TokenSweep): RefreshTokensAnswer {
    return { checked, refreshed, needs_reauth: needsReauth, failed };
  }
}

export class CleanUpTokensDto {
  @IdField({ optional: true, description: 'Default: all workspaces.' }) workspace_id?: string;
  @IntField({
    optional: true,
    min: 1,
    max: 3650,
    default: DEFAULT_DEAD_DAYS,
    description: 'For how long the accounts have needed re-authorization at least.',
  })
  older_than_days?: number;
  @BooleanField({ optional: true, default: false, description: 'Only tell what would be removed.' })
  dry_run?: boolean;
}

class DeadConnectionDto implements DeadConnectionView {
  @ApiProperty({ format: 'uuid' }) connection_id: string;
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty({ format: 'email' }) account_email: string;
  @ApiProperty({ enum: FAILURE_CATEGORIES, description: 'What had stopped it.' }) category: FailureCategory;
  @ApiProperty({ format: 'date-time', description: 'Since when it has needed re-authorization.' })
  since: string;
}

export class CleanUpTokensAnswer implements CleanUpView {
  @ApiProperty() dry_run: boolean;
  @ApiProperty({ description: 'Accounts whose tokens were removed; 0 in a dry run.' }) removed: number;
  @ApiProperty({
    type: [DeadConnectionDto],
    description: 'Those accounts, or those whose tokens would be removed; the longest dead first.',
  })
  connections: readonly DeadConnectionDto[];
}

export class CalendarTotalsDto implements CalendarTotalsView {
  @ApiProperty({ description: 'Connected accounts, working or not.' }) connections: number;
  @ApiProperty() calendars: number;
  @ApiProperty() healthy_calendars: number;
  @ApiProperty() unhealthy_calendars: number;
  @ApiProperty({ description: 'Not checked yet; they do not count as failing.' }) unknown_calendars: number;
}

export class SystemTotalsDto extends CalendarTotalsDto implements SystemTotalsView {
  @ApiProperty() workspaces: number;
  @ApiProperty() healthy_workspaces: number;
  @ApiProperty() partial_workspaces: number;
  @ApiProperty() critical_workspaces: number;
}

export class CheckedCalendarDto implements CheckedCalendarView {
  @ApiProperty({ format: 'uuid' }) calendar_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'email' }) account_email: string;
  @ApiProperty({ format: 'uuid' }) connection_id: string;
  @ApiProperty({ enum: ['healthy', 'unhealthy', 'unknown'] }) status: CheckedCalendarView['status'];
  @ApiProperty({ enum: FAILURE_CATEGORIES, nullable: true }) category: FailureCategory | null;
  @ApiProperty({ type: String, nullable: true }) message: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) checked_at: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the present outage began.',
  })
  since: string | null;
}

class ConnectionHealthDto implements ConnectionHealthView {
  @ApiProperty({ format: 'uuid' }) connection_id: string;
  @ApiProperty({ format: 'email' }) account_email: string;
  @ApiProperty({ enum: ['active', 'needs_reauth', 'disconnected'] })
  auth_status: ConnectionHealthView['auth_status'];
  @ApiProperty({ enum: STATUSES, description: 'Critical also when the account as a whole stands still.' })
  status: ReportStatus;
  @ApiProperty() calendars: number;
  @ApiProperty() healthy_calendars: number;
  @ApiProperty() unhealthy_calendars: number;
  @ApiProperty() unknown_calendars: number;
}

class WorkspaceHealthDto implements WorkspaceHealthView {
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ enum: STATUSES }) status: ReportStatus;
  @ApiProperty() totals: CalendarTotalsDto;
  @ApiProperty({ type: [ConnectionHealthDto] }) connections: readonly ConnectionHealthDto[];
  @ApiProperty({ type: [CheckedCalendarDto] }) calendars: readonly CheckedCalendarDto[];
}

export class IssueDto implements IssueView {
  @ApiProperty({ format: 'uuid' }) workspace_id: string;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null when it is about a webhook.',
  })
  connection_id: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description:
      'Null when it is about the account as a whole: its authorization ends soon, or it has no calendars yet.',
  })
  calendar_id: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The webhook that was switched off, if it is about one.',
  })
  webhook_id: string | null;
  @ApiProperty({ type: String, format: 'email', nullable: true }) account_email: string | null;
  @ApiProperty({ enum: FAILURE_CATEGORIES }) category: FailureCategory;
  @ApiProperty({
    enum: ['warning', 'critical'],
    description: 'Critical: bookings are written to the calendar, or the whole account stands still.',
  })
  severity: IssueView['severity'];
  @ApiProperty() message: string;
  @ApiProperty({ format: 'date-time' }) since: string;
  @ApiProperty({ description: 'What ends the outage, or keeps it from coming.' }) resolution: string;
  @ApiProperty({ type: String, format: 'uri', nullable: true }) reauth_url: string | null;
}

class AffectedDto {
  @ApiProperty() calendars: number;
  @ApiProperty() configurations: number;
  @ApiProperty() upcoming_bookings: number;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the last of these bookings starts.',
  })
  last_booking_at: string | null;
}

class AffectedConfigurationDto {
  @ApiProperty({ format: 'uuid' }) configuration_id: string;
  @ApiProperty() name: string;
}

export class RecommendationDto implements RecommendationView {
  @ApiProperty({ minimum: 1, description: '1 is the most urgent.' }) priority: number;
  @ApiProperty({ enum: FAILURE_CATEGORIES }) category: FailureCategory;
  @ApiProperty() message: string;
  @ApiProperty() action: string;
  @ApiProperty({ type: String, format: 'uri', nullable: true, description: 'The link to send.' })
  reauth_url: string | null;
  @ApiProperty() affected: AffectedDto;
  @ApiProperty({ type: [AffectedConfigurationDto], description: 'The first 20 of them.' })
  configurations: readonly AffectedConfigurationDto[];
}

export class CalendarHealthAnswer implements HealthReportView {
  @ApiProperty({ format: 'date-time' }) generated_at: string;
  @ApiProperty({ enum: STATUSES, description: 'Partial: at most half of the calendars fail.' })
  status: ReportStatus;
  @ApiProperty() totals: SystemTotalsDto;
  @ApiProperty({ type: [WorkspaceHealthDto] }) workspaces: readonly WorkspaceHealthDto[];
  @ApiProperty({ type: [IssueDto] }) issues: readonly IssueDto[];
  @ApiProperty({ type: [RecommendationDto] }) recommendations: readonly RecommendationDto[];
}

class UnjudgedDto {
  @ApiProperty({ description: 'Why: `circuit_open`, `quota_paced` or `check_crashed`.' }) code: string;
  @ApiProperty() connections: number;
}

class SweepDto implements SweepView {
  @ApiProperty({ description: 'False: some accounts could not be judged; see `unjudged`.' })
  complete: boolean;
  @ApiProperty() connections: number;
  @ApiProperty({
    description: 'Accounts of which a calendar cannot be read, or that could not be checked.',
  })
  failed_connections: number;
  @ApiProperty() calendars: number;
  @ApiProperty() failed_calendars: number;
  @ApiProperty({
    type: [UnjudgedDto],
    description:
      'Accounts of which this check learnt nothing new, by the reason. Their earlier state stands.',
  })
  unjudged: readonly UnjudgedDto[];
}

export class CheckAnswer extends CalendarHealthAnswer {
  @ApiProperty({ description: 'What the check itself came to.' }) check: SweepDto;
}

export class IssueExportAnswer implements IssueExportView {
  @ApiProperty({ format: 'date-time' }) generated_at: string;
  @ApiProperty({ enum: [1] }) version: 1;
  @ApiProperty({ type: [IssueDto] }) issues: readonly IssueDto[];
}

import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { Audited } from '../../shared/audited.js';
import { AdminOnly, RequestedBy, Scope } from '../../workspaces/api-key.guard.js';
import type { Requester } from '../../shared/author.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { CheckCalendars } from '../check-calendars.js';
import { CleanUpTokens, DEFAULT_DEAD_DAYS } from '../clean-up-tokens.js';
import { cleanUpView } from '../clean-up-view.js';
import { healthReportView, issueExportView, sweepView } from '../health-report-view.js';
import { ReadCalendarHealth } from '../read-calendar-health.js';
import { RecentHealth } from '../recent-health.js';
import { RefreshTokens } from '../refresh-tokens.js';
import {
  CalendarHealthAnswer,
  CheckAnswer,
  CleanUpTokensAnswer,
  CleanUpTokensDto,
  HealthRunDto,
  HealthScopeDto,
  IssueExportAnswer,
  RefreshTokensAnswer,
  RefreshTokensDto,
} from './calendar-health.dto.js';

const A_WORKSPACE = '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10';

/** `workspace_id`, wherever it comes from, has narrowed the scope before a handler runs. */
@ApiTags('Health')
@AdminOnly()
@Controller('admin/calendar-health')
export class AdminCalendarHealthController {
  constructor(
    private readonly readHealth: ReadCalendarHealth,
    private readonly checkCalendars: CheckCalendars,
    private readonly refreshTokens: RefreshTokens,
    private readonly cleanUp: CleanUpTokens,
    private readonly recent: RecentHealth,
  ) {}

  /** What the last checks and requests found out; asks no provider. */
  @Get()
  @Answers(200, CalendarHealthAnswer, 'Show the health of all workspaces, or of one')
  async report(@Scope() scope: WorkspaceScope, @Query() _: HealthScopeDto): Promise<CalendarHealthAnswer> {
    return healthReportView(await this.readHealth.execute(scope));
  }

  @Get('issues')
  @Answers(200, IssueExportAnswer, 'Export the issues')
  async issues(@Scope() scope: WorkspaceScope, @Query() _: HealthScopeDto): Promise<IssueExportAnswer> {
    return issueExportView(await this.readHealth.execute(scope));
  }

  /** Asks the provider about every calendar, then reports. */
  @Post('check')
  @Audited('admin.calendars_checked', null)
  @Answers(200, CheckAnswer, 'Check every calendar now, then report', ['conflict'])
  @Examples({ 'All workspaces': {}, 'One workspace': { workspace_id: A_WORKSPACE } })
  async check(@Scope() scope: WorkspaceScope, @Body() _: HealthRunDto): Promise<CheckAnswer> {
    const sweep = await this.checkCalendars.execute(scope);
    this.recent.renew();
    return { ...healthReportView(await this.readHealth.execute(scope)), check: sweepView(sweep) };
  }

  @Post('refresh-tokens')
  @Audited('admin.tokens_refreshed', null)
  @Answers(200, RefreshTokensAnswer, 'Refresh the tokens that are about to expire, or all', ['conflict'])
  @Examples({ 'All that are due': {}, 'All of one workspace': { workspace_id: A_WORKSPACE, force: true } })
  async refresh(
    @Scope() scope: WorkspaceScope,
    @Body() { force = false }: RefreshTokensDto,
  ): Promise<RefreshTokensAnswer> {
    const sweep = await this.refreshTokens.execute(scope, { force });
    this.recent.renew();
    return RefreshTokensAnswer.of(sweep);
  }

  /** Revokes nothing at the provider; a new consent restores the accounts with all that hangs on them. */
  @Post('cleanup-expired')
  @Audited('admin.tokens_cleaned_up', null)
  @Answers(
    200,
    CleanUpTokensAnswer,
    'Remove the stored tokens of accounts that nobody re-authorized for long',
  )
  @Examples({ 'What would be removed': { dry_run: true }, 'Dead for a quarter': { older_than_days: 90 } })
  async cleanUpExpired(
    @Scope() scope: WorkspaceScope,
    @RequestedBy() requester: Requester,
    @Body() { older_than_days: olderThanDays = DEFAULT_DEAD_DAYS, dry_run: dryRun = false }: CleanUpTokensDto,
  ): Promise<CleanUpTokensAnswer> {
    return cleanUpView(await this.cleanUp.execute({ scope, olderThanDays, dryRun, requester }));
  }
}

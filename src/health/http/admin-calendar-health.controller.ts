import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AdminOnly, Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { CheckCalendars } from '../check-calendars.js';
import { healthReportView, issueExportView } from '../health-report-view.js';
import { ReadCalendarHealth } from '../read-calendar-health.js';
import { RefreshTokens } from '../refresh-tokens.js';
import {
  CalendarHealthAnswer,
  HealthScopeDto,
  IssueExportAnswer,
  RefreshTokensAnswer,
  RefreshTokensDto,
} from './calendar-health.dto.js';

/** `workspace_id`, wherever it comes from, has narrowed the scope before a handler runs. */
@ApiTags('Health')
@ApiBearerAuth('admin_key')
@AdminOnly()
@Controller('admin/calendar-health')
export class AdminCalendarHealthController {
  constructor(
    private readonly readHealth: ReadCalendarHealth,
    private readonly checkCalendars: CheckCalendars,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  /** What the last checks and requests found out; asks no provider. */
  @Get()
  async report(@Scope() scope: WorkspaceScope, @Query() _: HealthScopeDto): Promise<CalendarHealthAnswer> {
    return healthReportView(await this.readHealth.execute(scope));
  }

  @Get('issues')
  async issues(@Scope() scope: WorkspaceScope, @Query() _: HealthScopeDto): Promise<IssueExportAnswer> {
    return issueExportView(await this.readHealth.execute(scope));
  }

  /** Asks the provider about every calendar, then reports. */
  @Post('check')
  @HttpCode(200)
  async check(@Scope() scope: WorkspaceScope, @Body() _: HealthScopeDto): Promise<CalendarHealthAnswer> {
    await this.checkCalendars.execute(scope);
    return healthReportView(await this.readHealth.execute(scope));
  }

  @Post('refresh-tokens')
  @HttpCode(200)
  async refresh(
    @Scope() scope: WorkspaceScope,
    @Body() { force = false }: RefreshTokensDto,
  ): Promise<RefreshTokensAnswer> {
    return RefreshTokensAnswer.of(await this.refreshTokens.execute(scope, force));
  }
}

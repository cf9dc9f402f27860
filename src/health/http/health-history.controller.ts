import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { AdminOnly, Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { serviceLevelsView, trendView } from '../history-view.js';
import { ReadServiceLevels } from '../read-service-levels.js';
import { ReadTrend } from '../read-trend.js';
import { ServiceLevelQuery, ServiceLevelsAnswer, TrendAnswer, TrendQuery } from './health-history.dto.js';

@ApiTags('Health')
@AdminOnly()
@Controller('admin/calendar-health')
export class HealthHistoryController {
  constructor(
    private readonly readTrend: ReadTrend,
    private readonly readServiceLevels: ReadServiceLevels,
  ) {}

  @Get('history')
  @Answers(200, TrendAnswer, 'Show how calendars could be read over time')
  async history(@Scope() scope: WorkspaceScope, @Query() query: TrendQuery): Promise<TrendAnswer> {
    const { calendar_id: calendarId, from, to, step } = query;
    return trendView(await this.readTrend.execute(scope, { calendarId, from, to, step }));
  }

  @Get('sla')
  @Answers(200, ServiceLevelsAnswer, 'Show availability, outages and error budget of each calendar')
  async serviceLevels(
    @Scope() scope: WorkspaceScope,
    @Query() query: ServiceLevelQuery,
  ): Promise<ServiceLevelsAnswer> {
    const { calendar_id: calendarId, window, target } = query;
    return serviceLevelsView(await this.readServiceLevels.execute(scope, { calendarId, window, target }));
  }
}

import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { healthReportView } from '../health-report-view.js';
import { ReadCalendarHealth } from '../read-calendar-health.js';
import { CalendarHealthAnswer } from './calendar-health.dto.js';

@ApiTags('Health')
@ApiBearerAuth('workspace_key')
@Controller('calendar-health')
export class CalendarHealthController {
  constructor(private readonly readHealth: ReadCalendarHealth) {}

  /** What the last checks and requests found out; asks no provider. */
  @Get()
  async report(@Scope() scope: WorkspaceScope): Promise<CalendarHealthAnswer> {
    return healthReportView(await this.readHealth.execute(scope));
  }
}

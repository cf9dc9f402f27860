import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { healthReportView } from '../health-report-view.js';
import { ReadCalendarHealth } from '../read-calendar-health.js';
import { CalendarHealthAnswer } from './calendar-health.dto.js';

@ApiTags('Health')
@Controller('calendar-health')
export class CalendarHealthController {
  constructor(private readonly readHealth: ReadCalendarHealth) {}

  /** What the last checks and requests found out; asks no provider. */
  @Get()
  @Answers(200, CalendarHealthAnswer, 'Show the health of the calendars, and what to do about it')
  async report(@Scope() scope: WorkspaceScope): Promise<CalendarHealthAnswer> {
    return healthReportView(await this.readHealth.execute(scope));
  }
}

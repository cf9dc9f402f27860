import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { Revalidated } from '../../shared/revalidated.js';
import { parseInstant, type Instant } from '../../shared/time.js';
import { AdminOnly, Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import {
  calendarRowView,
  overviewView,
  workspaceOverviewView,
  workspaceRowView,
} from '../health-overview-view.js';
import type { ListWish } from '../listing.js';
import { RecentHealth } from '../recent-health.js';
import {
  CalendarListAnswer,
  CalendarListQuery,
  OverviewAnswer,
  SummaryQuery,
  WorkspaceListAnswer,
  WorkspaceListQuery,
  WorkspaceOverviewAnswer,
} from './health-overview.dto.js';

/** For those who look all the time: what they see is shared, and an answer that they have already costs nothing to send. */
@ApiTags('Dashboard')
@AdminOnly()
@Controller('admin/calendar-health')
export class HealthOverviewController {
  constructor(private readonly recent: RecentHealth) {}

  @Get('overview')
  @Revalidated()
  @Answers(200, OverviewAnswer, 'Show how everything is, at a glance')
  async overview(@Query() query: SummaryQuery): Promise<OverviewAnswer> {
    const [picture, trend] = await Promise.all([this.recent.picture(), this.recent.trend()]);
    return overviewView(picture, trend, sinceIn(query));
  }

  @Get('workspaces')
  @Revalidated()
  @Answers(200, WorkspaceListAnswer, 'List and search workspaces by their health')
  async workspaces(@Query() query: WorkspaceListQuery): Promise<WorkspaceListAnswer> {
    const { workspaces } = await this.recent.picture();
    const { items, nextCursor, total, counts } = workspaces.page(wishOf(query));
    return { items: items.map(workspaceRowView), next_cursor: nextCursor, total, counts };
  }

  @Get('workspaces/:id')
  @Revalidated()
  @Answers(200, WorkspaceOverviewAnswer, 'Show how a workspace is, at a glance')
  async workspace(
    @Param('id', IdPipe) id: string,
    @Query() query: SummaryQuery,
  ): Promise<WorkspaceOverviewAnswer> {
    return found(workspaceOverviewView(await this.recent.picture(), id, sinceIn(query)));
  }

  @Get('calendars')
  @Revalidated()
  @Answers(200, CalendarListAnswer, 'List and search calendars by their health')
  async calendars(
    @Scope() scope: WorkspaceScope,
    @Query() { calendar_id: only, ...query }: CalendarListQuery,
  ): Promise<CalendarListAnswer> {
    const { calendars } = await this.recent.picture();
    const { items, nextCursor, total, counts } = calendars.page(
      wishOf(query),
      ({ id, workspace }) =>
        (scope === 'all' || workspace.id === scope.workspaceId) && (only === undefined || id === only),
    );
    return { items: items.map(calendarRowView), next_cursor: nextCursor, total, counts };
  }
}

function sinceIn({ checked_since: since }: SummaryQuery): Instant | null {
  return since === undefined ? null : parseInstant(since);
}

interface ListQuery<Status, Sort> {
  readonly search: string;
  readonly status?: Status;
  readonly sort: Sort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor?: string;
}

function wishOf<Status extends string, Sort extends string>(
  query: ListQuery<Status, Sort>,
): ListWish<Status, Sort> {
  const { search, status = null, sort, order, limit, cursor = null } = query;
  return { search, status, sort, limit, cursor, descending: order === 'desc' };
}

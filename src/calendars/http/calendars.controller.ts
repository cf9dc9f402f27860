import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Connections } from '../../oauth/connections.js';
import { ConnectionDto } from '../../oauth/oauth.module.js';
import { Answers } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { NoFields } from '../../shared/no-fields.dto.js';
import { mapPage } from '../../shared/page.js';
import { formatInstant } from '../../shared/time.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { withPresentHealth } from '../calendar.js';
import { Calendars } from '../calendars.js';
import { CheckConnection } from '../check-connection.js';
import { RefreshConnection } from '../refresh-connection.js';
import { CalendarDto, CalendarPage, CalendarQuery, ConnectionTestAnswer } from './calendars.dto.js';

@ApiTags('Connections')
@Controller()
export class CalendarsController {
  constructor(
    private readonly calendars: Calendars,
    private readonly connections: Connections,
    private readonly refreshConnection: RefreshConnection,
    private readonly checkConnection: CheckConnection,
  ) {}

  @Get('calendars')
  @Answers(200, CalendarPage, 'List the calendars of all connections, or of one')
  async list(@Scope() scope: WorkspaceScope, @Query() query: CalendarQuery): Promise<CalendarPage> {
    const page = await this.calendars.list(scope, query.connection_id ?? null, query);
    const connections = await this.connections.findMany(page.items.map(({ connectionId }) => connectionId));
    return mapPage({ ...page, items: withPresentHealth(page.items, connections) }, CalendarDto.of);
  }

  @Post('connections/:id/refresh')
  @Audited('connection.refreshed')
  @Answers(200, ConnectionDto, 'Refresh the token and the list of calendars now', [
    'calendar_reauth_required',
    'provider_unavailable',
  ])
  async refresh(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() _: NoFields,
  ): Promise<ConnectionDto> {
    return ConnectionDto.of(await this.refreshConnection.execute(id, scope));
  }

  @Post('connections/:id/test')
  @Audited('connection.tested')
  @Answers(200, ConnectionTestAnswer, 'Ask Google whether every calendar can be read')
  async test(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() _: NoFields,
  ): Promise<ConnectionTestAnswer> {
    const connection = found(await this.connections.find(id, scope));
    const { failure, message, checkedAt } = await this.checkConnection.execute(connection);
    return {
      ok: failure === null,
      category: failure?.category ?? null,
      message,
      checked_at: formatInstant(checkedAt, 'UTC'),
    };
  }
}

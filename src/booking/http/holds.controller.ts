import { Body, Controller, Delete, Param, Post } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { HoldSlot } from '../hold-slot.js';
import { Holds } from '../holds.js';
import { timeWish } from './booking.dto.js';
import { HoldDto, NewHoldDto } from './hold.dto.js';

const DEFAULT_TTL_SECONDS = 300;

@ApiTags('Bookings')
@Controller()
export class HoldsController {
  constructor(
    private readonly holdSlot: HoldSlot,
    private readonly holds: Holds,
  ) {}

  @Post('calendars/configurations/:id/holds')
  @Audited('hold.created', { answer: 'id' })
  @Answers(201, HoldDto, 'Hold a time for somebody who is about to book it', [
    'calendar_reauth_required',
    'calendar_permission_denied',
    'slot_unavailable',
    'calendar_gone',
    'rules_violation',
    'calendar_unverifiable',
  ])
  @Examples({ 'For ten minutes': { start_time: '2027-03-10T09:00:00-05:00', ttl_seconds: 600 } })
  async hold(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() body: NewHoldDto,
  ): Promise<HoldDto> {
    const ttlSeconds = body.ttl_seconds ?? DEFAULT_TTL_SECONDS;
    return HoldDto.of(await this.holdSlot.execute(id, scope, timeWish(body), ttlSeconds));
  }

  @Delete('holds/:id')
  @Audited('hold.released')
  @Answers(204, null, 'Give a held time back')
  async release(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<void> {
    found(await this.holds.release(id, scope));
  }
}

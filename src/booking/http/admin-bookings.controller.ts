import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { Audited } from '../../shared/audited.js';
import { AdminOnly, Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { CompareCalendars } from '../compare-calendars.js';
import { CompareBookingsDto, ComparisonAnswer } from './comparison.dto.js';

@ApiTags('Bookings')
@AdminOnly()
@Controller('admin/bookings')
export class AdminBookingsController {
  constructor(private readonly compareCalendars: CompareCalendars) {}

  /** What happens every ten minutes by itself, at once: for instance after an outage. */
  @Post('compare')
  @Audited('admin.bookings_compared', null)
  @Answers(
    200,
    ComparisonAnswer,
    'Compare the bookings ahead with their calendars, and follow what differs',
    ['conflict'],
  )
  @Examples({
    'All workspaces': {},
    'One workspace': { workspace_id: '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10' },
  })
  async compare(@Scope() scope: WorkspaceScope, @Body() _: CompareBookingsDto): Promise<ComparisonAnswer> {
    return ComparisonAnswer.of(await this.compareCalendars.all(scope));
  }
}

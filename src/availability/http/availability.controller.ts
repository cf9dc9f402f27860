import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { ValidationFailed } from '../../shared/app-error.js';
import { ReadsOnly } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { parseDate, type LocalDay } from '../../shared/time.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import type { DayRange } from '../bookable-days.js';
import { CheckAvailability } from '../check-availability.js';
import { AvailabilityAnswer, CheckAvailabilityDto } from './availability.dto.js';

const MAX_DAYS = 92;

@ApiTags('Availability')
@Controller('calendars/configurations/:id')
export class AvailabilityController {
  constructor(private readonly checkAvailability: CheckAvailability) {}

  @Post('check-availability')
  @ReadsOnly()
  @Answers(200, AvailabilityAnswer, 'Find the free times of a day or a range, and say what that rests on', [
    'provider_unavailable',
  ])
  @Examples({
    'One day': { date: '2027-03-10' },
    'A week': { start_date: '2027-03-08', end_date: '2027-03-14', timezone: 'Europe/Berlin' },
  })
  async check(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() body: CheckAvailabilityDto,
  ): Promise<AvailabilityAnswer> {
    const wish = { ...rangeOf(body), durationMinutes: body.duration_minutes ?? null };
    const availability = await this.checkAvailability.execute(id, scope, wish);
    return AvailabilityAnswer.of(availability, wish, body.timezone ?? availability.configuration.timezone);
  }
}

function rangeOf({ date, start_date: start, end_date: end }: CheckAvailabilityDto): DayRange {
  if (date !== undefined) {
    if (start !== undefined || end !== undefined)
      throw ValidationFailed.of('date', 'expected either date, or start_date and end_date, not both');
    return { firstDay: dayOf(date), lastDay: dayOf(date) };
  }
  if (start === undefined && end === undefined)
    throw ValidationFailed.of('date', 'expected date, or start_date and end_date');
  if (start === undefined) throw ValidationFailed.of('start_date', 'expected together with end_date');
  if (end === undefined) throw ValidationFailed.of('end_date', 'expected together with start_date');
  const range = { firstDay: dayOf(start), lastDay: dayOf(end) };
  if (range.lastDay < range.firstDay)
    throw ValidationFailed.of('end_date', 'expected a date that is not before start_date');
  if (range.lastDay - range.firstDay >= MAX_DAYS)
    throw ValidationFailed.of('end_date', `expected at most ${MAX_DAYS} days from start_date, both included`);
  return range;
}

/** The field's own rule has refused anything that is not a date. */
function dayOf(text: string): LocalDay {
  return parseDate(text) ?? 0;
}

import { ApiProperty } from '../../shared/api-decorators.js';
import { IdField } from '../../shared/fields.js';
import type { ComparisonRun } from '../compare-calendars.js';
import { DIFFERENCE_KINDS, type DifferenceKind } from '../follow-calendar.js';

export class CompareBookingsDto {
  @IdField({
    optional: true,
    description:
      'Default: all workspaces. One such run goes on at a time; another is refused with 409 and `Retry-After`.',
  })
  workspace_id?: string;
}

class DifferenceDto {
  @ApiProperty({
    enum: DIFFERENCE_KINDS,
    description:
      '`moved`, `deleted`: by hand, and the booking followed. `conflict`, `conflict_over`: another event shares its ' +
      'time. `leftover_removed`: an event of ours that no booking has. `unknown_event`: it names a booking that is not here.',
  })
  kind: DifferenceKind;
  @ApiProperty() booking_id: string;
  @ApiProperty({ format: 'uuid' }) calendar_id: string;
  @ApiProperty() event_id: string;
}

export class ComparisonAnswer {
  @ApiProperty({ description: 'Calendars with bookings ahead that were read.' }) compared: number;
  @ApiProperty({ description: 'Calendars that could not be read; they are compared later.' }) failed: number;
  @ApiProperty({ type: [DifferenceDto] }) differences: readonly DifferenceDto[];

  static of({ compared, failed, differences }: ComparisonRun): ComparisonAnswer {
    return {
      compared,
      failed,
      differences: differences.map(({ kind, bookingId, calendarId, eventId }) => ({
        kind,
        booking_id: bookingId,
        calendar_id: calendarId,
        event_id: eventId,
      })),
    };
  }
}

import { ApiProperty } from '../../shared/api-decorators.js';
import { FAILURE_CATEGORIES } from '../../shared/failure.js';
import { DateField, IntField, ZoneField } from '../../shared/fields.js';
import { formatDate, formatInstant, type Interval } from '../../shared/time.js';
import { calendarHealthView, type CalendarHealthView } from '../calendar-health-view.js';
import type { Availability, AvailabilityWish } from '../check-availability.js';
import type { Confidence, NoSlotsReason } from '../offer-slots.js';

export class CheckAvailabilityDto {
  @DateField({ optional: true, description: 'One day; or give start_date and end_date.' }) date?: string;
  @DateField({ optional: true, description: 'First day of a range.' }) start_date?: string;
  @DateField({
    optional: true,
    description: 'Included; at most 92 days from start_date.',
    example: '2027-03-12',
  })
  end_date?: string;
  @IntField({ optional: true, min: 5, max: 1440, description: "Default: the configuration's." })
  duration_minutes?: number;
  @ZoneField({
    optional: true,
    description: "Zone of the answer's times. Rules always use the configuration's.",
  })
  timezone?: string;
}

export class SlotDto {
  @ApiProperty({ format: 'date-time', example: '2027-03-10T09:00:00-05:00' }) start_time: string;
  @ApiProperty({ format: 'date-time', example: '2027-03-10T09:30:00-05:00' }) end_time: string;
  @ApiProperty({ enum: ['verified', 'last_known', 'unverified'] }) confidence: Confidence;
}

class BusyPeriodDto {
  @ApiProperty({ format: 'date-time' }) start_time: string;
  @ApiProperty({ format: 'date-time' }) end_time: string;
  @ApiProperty() calendar_name: string;
}

class CalendarTruthDto {
  @ApiProperty({ format: 'uuid' }) calendar_id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'email' }) account_email: string;
  @ApiProperty({ enum: ['live', 'mirror', 'last_known', 'none'] }) source: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) as_of: string | null;
  @ApiProperty({ enum: FAILURE_CATEGORIES, nullable: true }) category: string | null;
}

export class CalendarHealthDto {
  @ApiProperty({ enum: ['healthy', 'partial', 'critical', 'rules_violation'] }) status: string;
  @ApiProperty() total_calendars: number;
  @ApiProperty() successful_calendars: number;
  @ApiProperty({ type: [String] }) failed_calendars: string[];
  @ApiProperty({ type: [String], description: 'Accounts that need re-authorization.' })
  token_issues: string[];
  @ApiProperty({ example: '3/5 calendars checked successfully. 2 need re-authorization' }) message: string;
  @ApiProperty({ type: [CalendarTruthDto] }) calendars: CalendarTruthDto[];
}

export class AvailabilityAnswer {
  @ApiProperty({ format: 'uuid' }) configuration_id: string;
  @ApiProperty() config_name: string;
  @ApiProperty({ example: 'America/New_York' }) timezone: string;
  @ApiProperty({ format: 'date' }) start_date: string;
  @ApiProperty({ format: 'date' }) end_date: string;
  @ApiProperty() duration_minutes: number;
  @ApiProperty() total_slots_found: number;
  @ApiProperty({ type: [SlotDto] }) available_slots: SlotDto[];
  @ApiProperty({ type: [BusyPeriodDto] }) busy_periods: BusyPeriodDto[];
  @ApiProperty({ enum: ['fully_booked', 'rules_violation', 'calendars_unverified'], nullable: true })
  no_slots_reason: NoSlotsReason | null;
  @ApiProperty({ description: 'False when the booking calendar cannot be written to until somebody acts.' })
  bookable: boolean;
  @ApiProperty() requires_reauth: boolean;
  @ApiProperty({ type: CalendarHealthDto }) calendar_health: CalendarHealthView;
  @ApiProperty({ type: [String] }) warnings: readonly string[];

  static of(availability: Availability, days: AvailabilityWish, zone: string): AvailabilityAnswer {
    const { configuration, durationMinutes, requiresReauth, health, warnings, noSlotsReason } = availability;
    const times = ({ startAt, endAt }: Interval): { start_time: string; end_time: string } => ({
      start_time: formatInstant(startAt, zone),
      end_time: formatInstant(endAt, zone),
    });
    return {
      configuration_id: configuration.id,
      config_name: configuration.name,
      timezone: zone,
      start_date: formatDate(days.firstDay),
      end_date: formatDate(days.lastDay),
      duration_minutes: durationMinutes,
      total_slots_found: availability.totalSlots,
      available_slots: availability.slots.map((slot) => ({ ...times(slot), confidence: slot.confidence })),
      busy_periods: availability.busyPeriods.map((period) => ({
        ...times(period),
        calendar_name: period.calendarName,
      })),
      no_slots_reason: noSlotsReason,
      bookable: !requiresReauth,
      requires_reauth: requiresReauth,
      calendar_health: calendarHealthView(health, zone),
      warnings,
    };
  }
}

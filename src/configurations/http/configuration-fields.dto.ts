import { applyDecorators } from '@nestjs/common';
import { ApiProperty, PartialType } from '../../shared/api-decorators.js';
import { Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import {
  BooleanField,
  ChoiceField,
  ChoiceListField,
  IdField,
  IdListField,
  IntField,
  LocalTimeField,
  TextField,
  UrlField,
  ZoneField,
} from '../../shared/fields.js';
import {
  MEETING_TYPES,
  UNVERIFIED_POLICIES,
  WEEKDAYS,
  type MeetingType,
  type UnverifiedPolicy,
  type Weekday,
} from '../configuration.js';
import { DateOverrideDto } from './date-override.dto.js';

const MAX_OVERRIDES = 366;
const DAY_MINUTES = 1440;

/** Nulls, texts and lists in the list would pass for validated objects, so they are told apart here. */
function OverridesField(description: string): PropertyDecorator {
  const expected = `a list of at most ${MAX_OVERRIDES} objects {date, closed: true} or {date, from_time, to_time}`;
  return applyDecorators(
    ApiProperty({ type: [DateOverrideDto], maxItems: MAX_OVERRIDES, required: false, description }),
    ValidateIf((_, value) => value !== undefined),
    ValidateBy({
      name: 'overrides',
      validator: { validate: isObjectList, defaultMessage: () => `expected ${expected}` },
    }),
    ValidateNested({ each: true, message: `expected ${expected}` }),
    Type(() => DateOverrideDto),
  );
}

function isObjectList(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length <= MAX_OVERRIDES &&
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  );
}

/**
 * What a caller decides about a configuration. Defaults are told in words: a `default` in the schema would also
 * stand in that of PATCH, where a field that is left out stays as it is.
 */
class ConfigurationFields {
  @TextField({ max: 200, example: 'Consultation' }) name: string;
  @IdField({ description: 'Where bookings are written; its busy time always counts.' }) calendar_id: string;
  @IdListField({ max: 200, optional: true, description: 'More calendars whose busy time counts.' })
  conflict_calendar_ids?: string[];
  @ZoneField({ optional: true, description: "Of hours and dates. By default the workspace's." })
  timezone?: string;
  @IntField({ min: 5, max: DAY_MINUTES, example: 30, description: 'At most the opening hours.' })
  duration_minutes: number;
  @IntField({
    min: 1,
    max: DAY_MINUTES,
    optional: true,
    nullable: true,
    description: 'From one start to the next. Null, the default, follows `duration_minutes`.',
  })
  slot_interval_minutes?: number | null;
  @IntField({
    min: 0,
    max: DAY_MINUTES,
    optional: true,
    description: 'Free time needed before. By default 0.',
  })
  prep_time_minutes?: number;
  @IntField({
    min: 0,
    max: DAY_MINUTES,
    optional: true,
    description: 'Free time needed after. By default 0.',
  })
  buffer_after_minutes?: number;
  @IntField({
    min: 0,
    max: 365,
    optional: true,
    description: 'Days to the first bookable day. By default 0.',
  })
  days_buffer?: number;
  @IntField({
    min: 0,
    max: 525_600,
    optional: true,
    description:
      'From now to the first bookable start; less than the days of `max_days_ahead`. By default 0.',
  })
  min_notice_minutes?: number;
  @IntField({
    min: 0,
    max: 730,
    optional: true,
    description: 'Days to the last bookable day, at least `days_buffer`. By default 60.',
  })
  max_days_ahead?: number;
  @LocalTimeField() from_time: string;
  @LocalTimeField({
    allow24: true,
    example: '17:00',
    description: 'After `from_time`; `24:00` is the end of the day.',
  })
  to_time: string;
  @ChoiceListField({ of: WEEKDAYS, example: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] })
  workdays: Weekday[];
  @OverridesField('Other hours, or none, on single dates; each date once. By default none.')
  date_overrides?: DateOverrideDto[];
  @IntField({
    min: 1,
    max: 1000,
    optional: true,
    nullable: true,
    description: 'Null, the default: no limit.',
  })
  max_bookings_per_day?: number | null;
  @ChoiceField({ of: MEETING_TYPES, optional: true, description: 'By default online.' })
  meeting_type?: MeetingType;
  @UrlField({ optional: true, nullable: true, description: 'Only of an online meeting.' })
  meeting_link?: string | null;
  @TextField({ max: 500, optional: true, nullable: true, description: 'Needed for a meeting in person.' })
  meeting_address?: string | null;
  @BooleanField({
    optional: true,
    description:
      'A Google Meet link for each online meeting, when there is no `meeting_link`. By default false.',
  })
  create_meet_link?: boolean;
  @ChoiceField({
    of: UNVERIFIED_POLICIES,
    optional: true,
    description: 'What to do with time that a calendar could not vouch for. By default last_known.',
  })
  on_unverified?: UnverifiedPolicy;
  @IntField({ min: 1, max: 43_200, optional: true, description: 'By default 1440.' })
  last_known_max_age_minutes?: number;
}

export class NewConfigurationDto extends ConfigurationFields {
  @IdField({ optional: true, description: 'Needed with the admin key only.' }) workspace_id?: string;
}

/** A field that is left out stays as it is; null clears the fields that can be null. */
export class ConfigurationChangeDto extends PartialType(ConfigurationFields, { skipNullProperties: false }) {}

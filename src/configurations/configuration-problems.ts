import type { FieldError } from '../shared/app-error.js';
import type { ConfigurationDraft, DateOverride } from './configuration.js';

const DAY_MINUTES = 1440;

interface Rule {
  readonly field: string;
  readonly broken: (draft: ConfigurationDraft) => boolean;
  readonly expected: (draft: ConfigurationDraft) => string;
}

/** What the fields, each fine by itself, must be to each other. */
const RULES: readonly Rule[] = [
  {
    field: 'to_time',
    broken: ({ fromMinute, toMinute }) => toMinute <= fromMinute,
    expected: () => 'a time after from_time (24:00 is the end of the day)',
  },
  {
    field: 'duration_minutes',
    broken: ({ fromMinute, toMinute, durationMinutes }) =>
      fromMinute < toMinute && toMinute - fromMinute < durationMinutes,
    expected: ({ fromMinute, toMinute }) =>
      `at most the ${toMinute - fromMinute} minutes from from_time to to_time`,
  },
  {
    field: 'max_days_ahead',
    broken: ({ daysBuffer, maxDaysAhead }) => maxDaysAhead < daysBuffer,
    expected: ({ daysBuffer }) => `at least the ${daysBuffer} of days_buffer`,
  },
  {
    field: 'min_notice_minutes',
    broken: ({ minNoticeMinutes, maxDaysAhead }) => minNoticeMinutes >= (maxDaysAhead + 1) * DAY_MINUTES,
    expected: ({ maxDaysAhead }) =>
      `less than ${(maxDaysAhead + 1) * DAY_MINUTES} minutes, when the days of max_days_ahead are over`,
  },
  {
    field: 'workdays',
    broken: ({ workdays, dateOverrides }) =>
      workdays.length === 0 && dateOverrides.every(({ hours }) => hours === null),
    expected: () => 'at least one workday, or a date override with opening hours',
  },
  {
    field: 'meeting_link',
    broken: ({ meetingType, meetingLink }) => meetingType !== 'online' && meetingLink !== null,
    expected: ({ meetingType }) =>
      `null, as only an online meeting has a link and meeting_type is ${meetingType}`,
  },
  {
    field: 'meeting_address',
    broken: ({ meetingType, meetingAddress }) => meetingType === 'in_person' && meetingAddress === null,
    expected: () => 'an address, as meeting_type is in_person',
  },
  {
    field: 'create_meet_link',
    broken: ({ meetingType, createMeetLink }) => createMeetLink && meetingType !== 'online',
    expected: ({ meetingType }) =>
      `false, as only an online meeting has a link and meeting_type is ${meetingType}`,
  },
  {
    field: 'create_meet_link',
    broken: ({ meetingType, createMeetLink, meetingLink }) =>
      createMeetLink && meetingType === 'online' && meetingLink !== null,
    expected: () => 'false, as meeting_link is given',
  },
];

/** Why the fields do not go together; empty: they do. Bounds of single fields are not looked at. */
export function configurationProblems(draft: ConfigurationDraft): FieldError[] {
  const problems = RULES.filter((rule) => rule.broken(draft)).map(({ field, expected }) => ({
    field,
    message: `expected ${expected(draft)}`,
  }));
  return problems.concat(overrideProblems(draft.dateOverrides));
}

function overrideProblems(overrides: readonly DateOverride[]): FieldError[] {
  const seen = new Set<number>();
  return overrides.flatMap(({ day, hours }, index) => {
    const problems: FieldError[] = [];
    const path = `date_overrides[${index}]`;
    if (seen.has(day)) problems.push({ field: `${path}.date`, message: 'expected each date only once' });
    seen.add(day);
    if (hours !== null && hours.toMinute <= hours.fromMinute)
      problems.push({ field: `${path}.to_time`, message: 'expected a time after from_time' });
    return problems;
  });
}

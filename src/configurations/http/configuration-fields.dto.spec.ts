import { describe, expect, it } from '@jest/globals';
import type { FieldError } from '../../shared/app-error.js';
import { ValidationFailed } from '../../shared/app-error.js';
import { DtoValidationPipe } from '../../shared/validation.pipe.js';
import { ConfigurationChangeDto, NewConfigurationDto } from './configuration-fields.dto.js';

const ID = '0b8c9a56-3c1e-4c7f-9d43-5f0c4f6b2a10';
const REQUIRED = {
  name: 'Consultation',
  calendar_id: ID,
  duration_minutes: 30,
  from_time: '09:00',
  to_time: '17:00',
  workdays: ['monday'],
};

const closedDays = (count: number) =>
  Array.from({ length: count }, () => ({ date: '2027-01-01', closed: true }));
const copies = (count: number) => Array.from({ length: count }, () => ID);
const bounds = (min: number, max: number) => ({
  good: [min, max],
  bad: [min - 1, max + 1, min + 0.5, String(min), true, [min], {}],
});

interface Samples {
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
  readonly nullable?: true;
}

/** Every field of the contract, so that a field without a rule is found. */
const SAMPLES: Readonly<Record<string, Samples>> = {
  name: { good: ['x', 'x'.repeat(200)], bad: ['', '   ', 'x'.repeat(201), 7, ['x'], {}, 'a\0b', '\ud800'] },
  calendar_id: { good: [ID, ID.toUpperCase()], bad: ['', 'x', `${ID}0`, 7, [ID], {}] },
  conflict_calendar_ids: {
    good: [[], [ID], copies(200)],
    bad: [copies(201), ID, [7], [null], [[ID]], ['x'], {}],
  },
  timezone: { good: ['UTC', 'Asia/Tokyo'], bad: ['', 'Mars/Olympus', '+02:00', 'PDT', 7, {}] },
  duration_minutes: bounds(5, 1440),
  slot_interval_minutes: { ...bounds(1, 1440), nullable: true },
  prep_time_minutes: bounds(0, 1440),
  buffer_after_minutes: bounds(0, 1440),
  days_buffer: bounds(0, 365),
  min_notice_minutes: bounds(0, 525_600),
  max_days_ahead: bounds(0, 730),
  from_time: { good: ['00:00', '23:59'], bad: ['24:00', '9:00', '09:60', '09:00:00', '', 540, {}] },
  to_time: { good: ['00:01', '24:00'], bad: ['24:01', '9:00', '', 540, {}] },
  workdays: {
    good: [[], ['sunday'], ['saturday', 'monday']],
    bad: [['Monday'], ['monday', 'monday'], ['mon'], [1], [null], 'monday', {}],
  },
  date_overrides: {
    good: [[], closedDays(366), [{ date: '2027-12-24', from_time: '10:00', to_time: '24:00' }]],
    bad: [closedDays(367), {}, 'x', 7, [null], ['x'], [7], [[]], [[{ date: '2027-01-01', closed: true }]]],
  },
  max_bookings_per_day: { ...bounds(1, 1000), nullable: true },
  meeting_type: { good: ['online', 'in_person', 'phone'], bad: ['', 'Online', 'video', 7, ['online'], {}] },
  meeting_link: {
    good: ['https://meet.example/room'],
    bad: [
      '',
      'meet.example',
      'javascript:alert(1)',
      'https://u:p@meet.example',
      `https://a/${'x'.repeat(2000)}`,
      7,
    ],
    nullable: true,
  },
  meeting_address: {
    good: ['Main Street 1', 'x'.repeat(500)],
    bad: ['', ' ', 'x'.repeat(501), 7, {}],
    nullable: true,
  },
  create_meet_link: { good: [true, false], bad: ['true', 0, 1, {}, []] },
  on_unverified: { good: ['last_known', 'flag', 'block'], bad: ['', 'ignore', 7, {}] },
  last_known_max_age_minutes: bounds(1, 43_200),
};

const BODIES = { creation: NewConfigurationDto, change: ConfigurationChangeDto } as const;
type Body = keyof typeof BODIES;

async function errorsOf(kind: Body, fields: object): Promise<readonly FieldError[]> {
  const body = kind === 'creation' ? { ...REQUIRED, ...fields } : fields;
  try {
    await new DtoValidationPipe().transform(body, { type: 'body', metatype: BODIES[kind] });
    return [];
  } catch (error) {
    if (error instanceof ValidationFailed) return error.details.errors ?? [];
    throw error;
  }
}

const fieldsOf = (errors: readonly FieldError[]) => [
  ...new Set(errors.map(({ field }) => field.split(/[.[]/)[0])),
];
const rows = Object.entries(SAMPLES);
const printed = (value: unknown) => JSON.stringify(value).slice(0, 60);
const goodValues = rows.flatMap(([field, { good }]) =>
  good.map((value) => [field, printed(value), value] as const),
);
const badValues = rows.flatMap(([field, { bad, nullable }]) =>
  [...bad, ...(nullable ? [] : [null])].map((value) => [field, printed(value), value] as const),
);
const nullables = rows.filter(([, { nullable }]) => nullable).map(([field]) => field);

describe.each<Body>(['creation', 'change'])('the body of a %s', (kind) => {
  it.each(goodValues)('accepts %s %s', async (field, _, value) => {
    expect(await errorsOf(kind, { [field]: value })).toEqual([]);
  });

  it.each(badValues)('refuses %s %s, naming the field and what was expected', async (field, _, value) => {
    const errors = await errorsOf(kind, { [field]: value });
    expect(fieldsOf(errors)).toEqual([field]);
    for (const { message } of errors) expect(message).toMatch(/^expected /);
  });

  it.each(nullables)('accepts null for %s', async (field) => {
    expect(await errorsOf(kind, { [field]: null })).toEqual([]);
  });

  it.each(['id', 'created_at', 'title', 'fromMinute'])('refuses the unknown field %s', async (field) => {
    expect(await errorsOf(kind, { [field]: 'x' })).toEqual([{ field, message: 'unknown field' }]);
  });

  it.each<[string, object, string]>([
    ['a date that does not exist', { date: '2027-02-29', closed: true }, 'date'],
    ['no date', { closed: true }, 'date'],
    ['neither form', { date: '2027-01-01' }, 'from_time'],
    ['half a form', { date: '2027-01-01', from_time: '09:00' }, 'to_time'],
    ['the other half', { date: '2027-01-01', to_time: '09:00' }, 'from_time'],
    ['both forms', { date: '2027-01-01', closed: true, from_time: '09:00', to_time: '10:00' }, 'closed'],
    ['closed beside a null', { date: '2027-01-01', closed: true, to_time: null }, 'closed'],
    ['closed: false', { date: '2027-01-01', closed: false, from_time: '09:00', to_time: '10:00' }, 'closed'],
    ['closed: null', { date: '2027-01-01', closed: null }, 'closed'],
    ['a time of another form', { date: '2027-01-01', from_time: 540, to_time: '10:00' }, 'from_time'],
    ['an unknown field', { date: '2027-01-01', closed: true, reason: 'x' }, 'reason'],
  ])('refuses a date override with %s, naming its place', async (_, override, field) => {
    const errors = await errorsOf(kind, { date_overrides: [...closedDays(1), override] });
    expect(errors[0]?.field).toBe(`date_overrides[1].${field}`);
  });
});

describe('the body of a creation', () => {
  it.each(Object.keys(REQUIRED))('needs %s', async (field) => {
    expect(fieldsOf(await errorsOf('creation', { [field]: undefined }))).toEqual([field]);
  });

  it('needs nothing else, and may name the workspace', async () => {
    expect(await errorsOf('creation', {})).toEqual([]);
    expect(await errorsOf('creation', { workspace_id: ID })).toEqual([]);
    expect(fieldsOf(await errorsOf('creation', { workspace_id: null }))).toEqual(['workspace_id']);
  });
});

describe('the body of a change', () => {
  it('needs nothing and cannot move a configuration to another workspace', async () => {
    expect(await errorsOf('change', {})).toEqual([]);
    expect(await errorsOf('change', { workspace_id: ID })).toEqual([
      { field: 'workspace_id', message: 'unknown field' },
    ]);
  });
});

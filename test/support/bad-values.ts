import type { Field, Schema } from './operations.js';

const WRONG_TYPES: Readonly<Record<string, readonly unknown[]>> = {
  string: [5, true, {}, [], ['a']],
  integer: ['x', '5', true, 1.5, -1, {}, [1], 1e300, Number.MAX_SAFE_INTEGER],
  boolean: ['true', 'yes', 1, 0, {}, []],
  array: ['x', 5, {}, true, [{}], [[]], [null], [5]],
};

const BY_FORMAT: Readonly<Record<string, readonly unknown[]>> = {
  uuid: ['', 'x', '123', 'null', 'undefined', '00000000-0000-0000-0000-00000000000', "1' OR '1'='1"],
  email: ['', 'x', 'a@', '@b.c', 'a@b@c.d', 'a b@c.d', 'pat@example.com\r\nBcc: all@example.com'],
  uri: ['', 'x', '/path', 'javascript:alert(1)', 'ftp://a.b/', 'http://', 'https://user:pass@example.com/'],
  date: ['', 'tomorrow', '0001-01-01', '9999-12-31', '2027-02-30', '2027-13-01', '2027-1-1', '20270101'],
  'date-time': [
    '',
    'now',
    '2027-03-10',
    '2027-03-10T10:00:00',
    '2027-02-30T10:00:00Z',
    '2027-03-10T24:01:00Z',
    '2027-03-10T10:00:00+25:00',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '+010000-01-01T00:00:00Z',
  ],
};

const BY_NAME: Readonly<Record<string, readonly unknown[]>> = {
  timezone: ['', 'Mars/Phobos', '+02:00', 'UTC+2', 'Europe', '../UTC', 'Europe/Berlin '],
  from_time: ['', '24:00', '24:01', '25:00', '9:00', '09:60', '09:00:00', 'noon'],
  to_time: ['', '24:01', '25:00', '9:00', '17:60', 'noon'],
  workdays: [['Monday'], ['monday', 'monday'], ['funday'], [0]],
  date_overrides: [
    [{}],
    [{ date: '2027-02-30', closed: true }],
    [{ date: '2027-02-03' }],
    [{ date: '2027-02-03', closed: false }],
    [{ date: '2027-02-03', from_time: '09:00' }],
    [{ date: '2027-02-03', closed: true, surprise: 1 }],
    [{ date: '2027-02-03', from_time: '17:00', to_time: '09:00' }],
    Array.from({ length: 367 }, () => ({ date: '2027-02-03', closed: true })),
  ],
};

/** Values that a field must refuse, from what the API document promises of it. */
export function badValues({ name, schema, required }: Field): unknown[] {
  const text = schema.type === 'string' ? ['a\0b', '\ud800'] : [];
  return [
    ...(WRONG_TYPES[schema.type ?? 'string'] ?? []),
    ...(schema.nullable === true ? [] : [null]),
    ...(required ? [undefined] : []),
    ...outOfBounds(schema),
    ...text,
    ...(schema.format === undefined ? [] : (BY_FORMAT[schema.format] ?? [])),
    ...(schema.enum === undefined ? [] : ['', 'nonsense', 'CONFIRMED', 'constructor']),
    ...(BY_NAME[name] ?? []),
  ];
}

/** The same of a query parameter, which is always a text. */
export function badTexts({ schema }: Field): string[] {
  if (schema.type === 'integer')
    return [
      '',
      'abc',
      '1e2',
      '0x10',
      '1.5',
      '-1',
      ' 5',
      '1,2',
      'NaN',
      'Infinity',
      '99999999999999999999',
    ].concat(outOfBounds(schema).map(String));
  const formatted = schema.format === undefined ? [] : (BY_FORMAT[schema.format] ?? []);
  const chosen = schema.enum === undefined ? [] : ['', 'nonsense'];
  return [...formatted, ...chosen].map(String);
}

function outOfBounds({ minimum, maximum, minLength, maxLength, maxItems, items }: Schema): unknown[] {
  return [
    ...(minimum === undefined ? [] : [minimum - 1]),
    ...(maximum === undefined ? [] : [maximum + 1]),
    ...(minLength === undefined || minLength === 0 ? [] : ['', ' ', '\t\n', '\u3000']),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength + 1)]),
    ...(maxItems === undefined || items === undefined
      ? []
      : [Array.from({ length: maxItems + 1 }, sampleId)]),
  ];
}

function sampleId(_: unknown, index: number): string {
  return `4c6a1d0e-7f0b-4c7e-9a51-${index.toString(16).padStart(12, '0')}`;
}

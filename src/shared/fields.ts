import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { ApiProperty } from './api-decorators.js';
import { isTimeZone, parseDate, parseGivenInstant, parseLocalTime } from './time.js';

/**
 * One decorator per kind of field: it validates the field and documents it, so that the two cannot differ.
 * A field is required unless `optional`; `nullable` also admits null.
 */
interface FieldOptions {
  readonly optional?: boolean;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
}

function field(
  { optional = false, nullable = false, ...documented }: FieldOptions,
  schema: ApiPropertyOptions,
  ...rules: PropertyDecorator[]
): PropertyDecorator {
  const { description, example, default: fallback } = documented;
  const texts = withoutUndefined({ description, example, default: fallback });
  const nullability = nullable ? { nullable } : {};
  const isSkipped = (value: unknown): boolean =>
    (optional && value === undefined) || (nullable && value === null);
  return applyDecorators(
    ApiProperty(Object.assign({}, schema, { required: !optional }, nullability, texts)),
    ValidateIf((_, value) => !isSkipped(value)),
    ...rules,
  );
}

function withoutUndefined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function accepts(name: string, expected: string, test: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: test, defaultMessage: () => `expected ${expected}` } });
}

export function TextField(options: FieldOptions & { max: number; min?: number }): PropertyDecorator {
  const { max, min = 1 } = options;
  const message = `expected text of ${min} to ${max} characters`;
  return field(
    options,
    { type: String, minLength: min, maxLength: max },
    IsString({ message }),
    Length(min, max, { message }),
    ...(min > 0 ? [Matches(/\S/, { message: 'expected text that is not blank' })] : []),
  );
}

export function IntField(
  options: FieldOptions & { min: number; max: number; fromText?: boolean },
): PropertyDecorator {
  const { min, max, fromText = false } = options;
  const message = `expected a whole number from ${min} to ${max}`;
  const conversion = fromText ? [Transform(({ value }) => numberIn(value))] : [];
  const rules = [IsInt({ message }), Min(min, { message }), Max(max, { message })];
  return field(options, { type: 'integer', minimum: min, maximum: max }, ...conversion, ...rules);
}

/** Query parameters are texts. Only plain digits are a number: neither `1e2` nor `0x10` nor an empty text. */
function numberIn(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

export function BooleanField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: Boolean }, IsBoolean({ message: 'expected true or false' }));
}

export function ChoiceField(options: FieldOptions & { of: readonly string[] }): PropertyDecorator {
  const message = `expected one of ${options.of.join(', ')}`;
  return field(options, { enum: [...options.of] }, IsIn([...options.of], { message }));
}

export function ChoiceListField(options: FieldOptions & { of: readonly string[] }): PropertyDecorator {
  const message = `expected a list of distinct values out of ${options.of.join(', ')}`;
  return field(
    options,
    { enum: [...options.of], isArray: true },
    IsArray({ message }),
    ArrayUnique({ message }),
    IsIn([...options.of], { each: true, message }),
  );
}

export function IdField(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, format: 'uuid' }, IsUUID('all', { message: 'expected a UUID' }));
}

export function IdListField(options: FieldOptions & { max: number }): PropertyDecorator {
  const message = `expected a list of at most ${options.max} UUIDs`;
  return field(
    options,
    { type: String, format: 'uuid', isArray: true, maxItems: options.max },
    IsArray({ message }),
    ArrayMaxSize(options.max, { message }),
    IsUUID('all', { each: true, message }),
  );
}

export function EmailField(options: FieldOptions = {}): PropertyDecorator {
  const message = 'expected an e-mail address';
  return field(
    options,
    { type: String, format: 'email', maxLength: 254 },
    IsEmail({ allow_utf8_local_part: false }, { message }),
    Length(3, 254, { message }),
  );
}

/** An https (or http) address without credentials in it. */
export function UrlField(options: FieldOptions = {}): PropertyDecorator {
  const rule = accepts('url', 'an absolute http(s) address of at most 2000 characters', isWebAddress);
  return field(options, { type: String, format: 'uri' }, rule);
}

export function ZoneField(options: FieldOptions = {}): PropertyDecorator {
  const rule = accepts('timeZone', 'an IANA time zone such as Europe/Berlin', isTimeZone);
  return field({ example: 'America/New_York', ...options }, { type: String }, rule);
}

export function DateField(options: FieldOptions = {}): PropertyDecorator {
  const expected = 'a date YYYY-MM-DD between 1970-01-01 and 2199-12-31';
  const rule = accepts('date', expected, (v) => typeof v === 'string' && parseDate(v) !== null);
  return field({ example: '2027-03-10', ...options }, { type: String, format: 'date' }, rule);
}

/** `HH:MM`; `24:00` only where a time ends something. */
export function LocalTimeField(options: FieldOptions & { allow24?: boolean } = {}): PropertyDecorator {
  const { allow24 = false } = options;
  const expected = `a local time HH:MM from 00:00 to ${allow24 ? '24:00' : '23:59'}`;
  const rule = accepts(
    'localTime',
    expected,
    (v) => typeof v === 'string' && parseLocalTime(v, { allow24 }) !== null,
  );
  return field({ example: '09:00', ...options }, { type: String }, rule);
}

export function InstantField(options: FieldOptions = {}): PropertyDecorator {
  const expected = 'an RFC 3339 time with an offset, of the years 1970 to 2199';
  const rule = accepts('instant', expected, (v) => parseGivenInstant(v) !== null);
  return field(
    { example: '2027-03-10T09:00:00-05:00', ...options },
    { type: String, format: 'date-time' },
    rule,
  );
}

function isWebAddress(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 2000 || !/^https?:\/\//i.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

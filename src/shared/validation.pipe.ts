import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { ValidationFailed, type FieldError } from './app-error.js';

const MAX_DEPTH = 8;

/**
 * Checks bodies and queries against their DTO class. Unknown body fields are refused, unknown query
 * parameters ignored. Text that Postgres cannot store (NUL, lone surrogates) is refused everywhere.
 *
 * @throws ValidationFailed naming every bad field
 */
@Injectable()
export class DtoValidationPipe implements PipeTransform {
  async transform(value: unknown, { metatype, type }: ArgumentMetadata): Promise<unknown> {
    if (type === 'custom' || type === 'param' || metatype === undefined || metatype === Object) return value;
    const source = value ?? {};
    if (typeof source !== 'object' || Array.isArray(source))
      throw ValidationFailed.of(type, 'expected a JSON object');
    const refused = unacceptable(source, '', 0);
    if (refused !== null) throw new ValidationFailed([refused]);
    const dto: object = plainToInstance(metatype as ClassConstructor<object>, source, {
      exposeUnsetFields: false,
    });
    const refuseUnknown = type === 'body';
    const errors = await validate(dto, {
      whitelist: true,
      forbidNonWhitelisted: refuseUnknown,
      forbidUnknownValues: false,
      validationError: { target: false, value: false },
    });
    if (errors.length > 0)
      throw new ValidationFailed(distinct(errors.flatMap((error) => fieldErrors(error, ''))));
    return withoutUnset(dto);
  }
}

function fieldErrors(error: ValidationError, prefix: string): FieldError[] {
  const field = /^\d+$/.test(error.property)
    ? `${prefix}[${error.property}]`
    : joined(prefix, error.property);
  const constraints = Object.entries(error.constraints ?? {});
  const own = constraints.map(([name, text]) => ({
    field,
    message: name === 'whitelistValidation' ? 'unknown field' : text,
  }));
  return own.concat((error.children ?? []).flatMap((child) => fieldErrors(child, field)));
}

/** One message per field: what breaks one of its rules mostly breaks the others too. */
function distinct(errors: readonly FieldError[]): FieldError[] {
  return [...new Map(errors.toReversed().map((error) => [error.field, error])).values()].toReversed();
}

/** Class fields exist even where nothing was sent; what was not sent must not look like a change to nothing. */
function withoutUnset(dto: object): object {
  for (const [key, value] of Object.entries(dto)) if (value === undefined) Reflect.deleteProperty(dto, key);
  return dto;
}

function joined(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}

function unacceptable(value: unknown, path: string, depth: number): FieldError | null {
  if (typeof value === 'string')
    return value.includes('\0') || !value.isWellFormed()
      ? { field: path, message: 'expected text without NUL characters or broken surrogate pairs' }
      : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth > MAX_DEPTH) return { field: path, message: `expected at most ${MAX_DEPTH} levels of nesting` };
  for (const [key, inner] of Object.entries(value)) {
    // The library drops these names before it looks for unknown fields.
    if (key in Object.prototype) return { field: joined(path, key), message: 'unknown field' };
    const found = unacceptable(inner, joined(path, key), depth + 1);
    if (found !== null) return found;
  }
  return null;
}

import { ApiProperty } from '../../shared/api-decorators.js';
import { ValidateBy, ValidateIf, type ValidationArguments } from 'class-validator';
import { DateField, LocalTimeField } from '../../shared/fields.js';

const isOpen = ({ closed }: DateOverrideDto): boolean => closed === undefined;

/** Either `{date, closed: true}` or `{date, from_time, to_time}`. */
export class DateOverrideDto {
  @DateField() date: string;

  @ApiProperty({ type: Boolean, enum: [true], required: false, description: 'No hours at all on this date.' })
  @ValidateIf((_, closed) => closed !== undefined)
  @ValidateBy({
    name: 'closed',
    validator: {
      validate: (closed, args) => closed === true && hasNoHours(args),
      defaultMessage: () => 'expected either closed: true, or from_time and to_time without closed',
    },
  })
  closed?: true;

  @ApiProperty({ required: false, description: 'With `to_time`, unless closed.' })
  @LocalTimeField()
  @ValidateIf(isOpen)
  from_time?: string;

  @ApiProperty({ required: false, description: 'After `from_time`; `24:00` is the end of the day.' })
  @LocalTimeField({ allow24: true, example: '17:00' })
  @ValidateIf(isOpen)
  to_time?: string;
}

function hasNoHours(args?: ValidationArguments): boolean {
  const { from_time, to_time } = (args?.object ?? {}) as Partial<DateOverrideDto>;
  return from_time === undefined && to_time === undefined;
}

import { ApiProperty } from './api-decorators.js';
import { PROBLEM_CODES } from './problem-codes.js';

class FieldErrorDto {
  @ApiProperty({ example: 'title' }) field: string;
  @ApiProperty({ example: 'expected text of 1 to 500 characters' }) message: string;
}

class AlternativeDto {
  @ApiProperty({ format: 'date-time' }) start_time: string;
  @ApiProperty({ format: 'date-time' }) end_time: string;
}

/** Body of every error (RFC 9457). Only the API document is made of it; {@link problemDocument} builds the bodies. */
export class ProblemDto {
  @ApiProperty({ example: 'about:blank' }) type: string;
  @ApiProperty({ example: 'Bad Request' }) title: string;
  @ApiProperty({ type: 'integer', example: 400 }) status: number;
  @ApiProperty({ description: 'One sentence for people.' }) detail: string;
  @ApiProperty({ enum: Object.keys(PROBLEM_CODES), description: 'What to decide on.' }) code: string;
  @ApiProperty({ description: 'As in `X-Request-Id`; one line of the log has it.' }) request_id: string;
  @ApiProperty({ type: [FieldErrorDto], required: false, description: 'What is wrong with which field.' })
  errors?: FieldErrorDto[];
  @ApiProperty({ enum: [true], required: false }) requires_reauth?: true;
  @ApiProperty({ enum: ['user', 'admin', 'operator'], required: false, description: 'Who can mend it.' })
  reauth_actor?: string;
  @ApiProperty({ format: 'uuid', required: false }) connection_id?: string;
  @ApiProperty({
    type: String,
    format: 'uri',
    nullable: true,
    required: false,
    description: 'Where the owner of the calendar re-authorizes; null when that would not mend it.',
  })
  reauth_url?: string | null;
  @ApiProperty({ type: 'integer', required: false, description: 'Also sent as `Retry-After`.' })
  retry_after_seconds?: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    selfRequired: false,
    description: 'As in the answer of check-availability.',
  })
  calendar_health?: object;
  @ApiProperty({ type: [AlternativeDto], maxItems: 5, required: false, description: 'Free times near it.' })
  alternatives?: AlternativeDto[];
  @ApiProperty({
    enum: ['rules_violation', 'token_issues', 'system_error'],
    required: false,
    description: 'On availability and booking.',
  })
  error_category?: string;
  @ApiProperty({ format: 'uuid', required: false, description: 'The booking that already holds the time.' })
  booking_id?: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    selfRequired: false,
    description: 'Of `not_ready`: what failed.',
  })
  checks?: object;
}

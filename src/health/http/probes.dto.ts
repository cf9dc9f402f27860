import { ApiProperty } from '../../shared/api-decorators.js';
import type { CheckResult } from '../readiness.js';

const RESULTS = ['ok', 'failed', 'unknown'] satisfies CheckResult[];

export class LiveAnswer {
  @ApiProperty({ enum: ['ok'] }) status: 'ok';
}

export class ReadinessChecksDto {
  @ApiProperty({ enum: RESULTS }) database: CheckResult;
  @ApiProperty({ enum: RESULTS }) migrations: CheckResult;
  @ApiProperty({ enum: RESULTS, description: 'What makes double bookings impossible is in place.' })
  constraints: CheckResult;
}

export class ReadyAnswer extends LiveAnswer {
  @ApiProperty() checks: ReadinessChecksDto;
}

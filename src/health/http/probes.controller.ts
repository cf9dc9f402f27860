import { Controller, Get } from '@nestjs/common';
import { ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../../workspaces/api-key.guard.js';
import { NotReady } from '../health.errors.js';
import { isReady, Readiness } from '../readiness.js';
import { LiveAnswer, ReadyAnswer } from './probes.dto.js';

@ApiTags('Health')
@Public()
@Controller('health')
export class ProbesController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  live(): LiveAnswer {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiServiceUnavailableResponse({ description: 'code `not_ready`; `checks` says what failed.' })
  async ready(): Promise<ReadyAnswer> {
    const checks = await this.readiness.check();
    if (!isReady(checks)) throw new NotReady(checks);
    return { status: 'ok', checks };
  }
}

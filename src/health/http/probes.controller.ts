import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
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
  @Answers(200, LiveAnswer, 'Whether the process lives')
  live(): LiveAnswer {
    return { status: 'ok' };
  }

  @Get('ready')
  @Answers(200, ReadyAnswer, 'Whether requests can be served: the database and its schema', ['not_ready'])
  async ready(): Promise<ReadyAnswer> {
    const checks = await this.readiness.check();
    if (!isReady(checks)) throw new NotReady(checks);
    return { status: 'ok', checks };
  }
}

import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { AdminOnly, OverWorkspaces } from '../../workspaces/api-key.guard.js';
import { ReadJobs } from '../read-jobs.js';
import { JobDto, JobPage } from './jobs.dto.js';

@ApiTags('Health')
@AdminOnly()
@Controller('admin/jobs')
export class JobsController {
  constructor(private readonly readJobs: ReadJobs) {}

  @Get()
  @OverWorkspaces()
  @Answers(200, JobPage, 'Show what the scheduled jobs did last, and when they come next')
  async list(): Promise<JobPage> {
    return { items: (await this.readJobs.execute()).map(JobDto.of), next_cursor: null };
  }
}

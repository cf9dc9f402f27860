import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { mapPage } from '../../shared/page.js';
import { AdminOnly, OverWorkspaces } from '../../workspaces/api-key.guard.js';
import { AuditLog } from '../audit-log.js';
import { AuditEntryDto, auditFilter, AuditPage, AuditQuery } from './audit-log.dto.js';

@ApiTags('Audit')
@AdminOnly()
@Controller('admin/audit-log')
export class AuditLogController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  @OverWorkspaces()
  @Answers(200, AuditPage, 'List who did what to which object, the oldest first')
  async list(@Query() query: AuditQuery): Promise<AuditPage> {
    return mapPage(await this.audit.list(auditFilter(query), query), AuditEntryDto.of);
  }
}

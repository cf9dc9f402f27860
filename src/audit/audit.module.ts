import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WorkspacesModule } from '../workspaces/workspaces.module.js';
import { AuditLog } from './audit-log.js';
import { AuditLogController } from './http/audit-log.controller.js';
import { ForgetAuditLogJob } from './jobs/forget-audit-log.job.js';
import { AuditEntryEntity } from './persistence/audit-entry.entity.js';
import { PostgresAuditLog } from './persistence/postgres-audit-log.js';
import { RecordActions } from './record-actions.js';

export { auditRequests } from './http/audit-requests.js';

export const auditEntities = [AuditEntryEntity];

@Module({
  imports: [TypeOrmModule.forFeature(auditEntities), WorkspacesModule],
  controllers: [AuditLogController],
  providers: [ForgetAuditLogJob, RecordActions, { provide: AuditLog, useClass: PostgresAuditLog }],
  exports: [RecordActions],
})
export class AuditModule {}

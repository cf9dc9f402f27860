import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminSessions } from './admin-sessions.js';
import { ApiKeys } from './api-keys.js';
import { AdminSessionController } from './http/admin-session.controller.js';
import { WorkspacesController } from './http/workspaces.controller.js';
import { ApiKeyEntity } from './persistence/api-key.entity.js';
import { KeyRates } from './key-rates.js';
import { PostgresApiKeys } from './persistence/postgres-api-keys.js';
import { PostgresWorkspaces } from './persistence/postgres-workspaces.js';
import { WorkspaceEntity } from './persistence/workspace.entity.js';
import { SignInAttempts } from './sign-in-attempts.js';
import { Workspaces } from './workspaces.js';

export const workspaceEntities = [WorkspaceEntity, ApiKeyEntity];

@Module({
  imports: [TypeOrmModule.forFeature(workspaceEntities)],
  controllers: [WorkspacesController, AdminSessionController],
  providers: [
    AdminSessions,
    KeyRates,
    SignInAttempts,
    { provide: Workspaces, useClass: PostgresWorkspaces },
    { provide: ApiKeys, useClass: PostgresApiKeys },
  ],
  exports: [Workspaces, ApiKeys, KeyRates, AdminSessions],
})
export class WorkspacesModule {}

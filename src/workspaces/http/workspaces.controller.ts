import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { mapPage, PageQuery } from '../../shared/page.js';
import { AdminOnly } from '../api-key.guard.js';
import { ApiKeys } from '../api-keys.js';
import { Workspaces } from '../workspaces.js';
import {
  ApiKeyDto,
  ApiKeyPage,
  changeOf,
  NewApiKeyAnswer,
  NewApiKeyDto,
  NewWorkspaceAnswer,
  NewWorkspaceDto,
  WorkspaceChangeDto,
  WorkspaceDto,
  WorkspacePage,
} from './workspaces.dto.js';

const FIRST_KEY_NAME = 'default';

@ApiTags('Workspaces')
@AdminOnly()
@Controller('admin/workspaces')
export class WorkspacesController {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly keys: ApiKeys,
  ) {}

  @Post()
  @Audited('workspace.created', { answer: 'id' })
  @Answers(201, NewWorkspaceAnswer, 'Create a workspace with its first key')
  @Examples({ 'A workspace': { name: 'Acme Dental', timezone: 'America/New_York' } })
  async add(@Body() { name, timezone = 'UTC', ...more }: NewWorkspaceDto): Promise<NewWorkspaceAnswer> {
    const workspace = await this.workspaces.add({ name, timezone, ...changeOf(more) });
    const { secret } = await this.keys.issue(workspace.id, FIRST_KEY_NAME);
    return { ...WorkspaceDto.of(workspace), api_key: secret.reveal() };
  }

  @Get()
  @Answers(200, WorkspacePage, 'List all workspaces')
  async list(@Query() page: PageQuery): Promise<WorkspacePage> {
    return mapPage(await this.workspaces.list(page), WorkspaceDto.of);
  }

  @Get(':id')
  @Answers(200, WorkspaceDto, 'Show a workspace')
  async one(@Param('id', IdPipe) id: string): Promise<WorkspaceDto> {
    return WorkspaceDto.of(found(await this.workspaces.find(id)));
  }

  @Patch(':id')
  @Audited('workspace.updated')
  @Answers(200, WorkspaceDto, 'Change a workspace')
  @Examples({
    'Another name': { name: 'Acme Dental North' },
    'In German, with an administrator': { language: 'de', admin_email: 'it@acme.example' },
  })
  async change(@Param('id', IdPipe) id: string, @Body() change: WorkspaceChangeDto): Promise<WorkspaceDto> {
    return WorkspaceDto.of(found(await this.workspaces.change(id, changeOf(change))));
  }

  @Delete(':id')
  @Audited('workspace.deleted')
  @Answers(204, null, 'Delete a workspace with all that it holds')
  async remove(@Param('id', IdPipe) id: string): Promise<void> {
    found(await this.workspaces.remove(id));
  }

  @Post(':id/api-keys')
  @Audited('api_key.issued', { answer: 'id' })
  @Answers(201, NewApiKeyAnswer, 'Issue a key')
  @Examples({ 'A key': { name: 'Booking page' } })
  async issueKey(@Param('id', IdPipe) id: string, @Body() { name }: NewApiKeyDto): Promise<NewApiKeyAnswer> {
    found(await this.workspaces.find(id));
    const { key, secret } = await this.keys.issue(id, name);
    return { ...ApiKeyDto.of(key), api_key: secret.reveal() };
  }

  @Get(':id/api-keys')
  @Answers(200, ApiKeyPage, 'List the keys, without their secrets')
  async listKeys(@Param('id', IdPipe) id: string, @Query() page: PageQuery): Promise<ApiKeyPage> {
    found(await this.workspaces.find(id));
    return mapPage(await this.keys.list(id, page), ApiKeyDto.of);
  }

  @Delete(':id/api-keys/:key_id')
  @Audited('api_key.revoked', { path: 'key_id' })
  @Answers(204, null, 'Revoke a key at once')
  async revokeKey(@Param('id', IdPipe) id: string, @Param('key_id', IdPipe) keyId: string): Promise<void> {
    found(await this.keys.revoke(id, keyId));
  }
}

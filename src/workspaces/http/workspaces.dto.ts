import { ApiProperty } from '../../shared/api-decorators.js';
import { TextField, ZoneField } from '../../shared/fields.js';
import { formatInstant } from '../../shared/time.js';
import type { ApiKey } from '../api-keys.js';
import type { Workspace } from '../workspace.js';

export class NewWorkspaceDto {
  @TextField({ max: 200, example: 'Acme Dental' }) name: string;
  @ZoneField({ optional: true, default: 'UTC' }) timezone?: string;
}

export class WorkspaceChangeDto {
  @TextField({ max: 200, optional: true }) name?: string;
  @ZoneField({ optional: true }) timezone?: string;
}

export class NewApiKeyDto {
  @TextField({ max: 200, example: 'Booking page' }) name: string;
}

export class WorkspaceDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'America/New_York' }) timezone: string;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of({ id, name, timezone, createdAt }: Workspace): WorkspaceDto {
    return { id, name, timezone, created_at: formatInstant(createdAt, 'UTC') };
  }
}

export class NewWorkspaceAnswer extends WorkspaceDto {
  @ApiProperty({ description: 'Shown once; only its hash is stored.', example: 'slk_…' }) api_key: string;
}

export class WorkspacePage {
  @ApiProperty({ type: [WorkspaceDto] }) items: readonly WorkspaceDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

export class ApiKeyDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of({ id, name, createdAt }: ApiKey): ApiKeyDto {
    return { id, name, created_at: formatInstant(createdAt, 'UTC') };
  }
}

export class NewApiKeyAnswer extends ApiKeyDto {
  @ApiProperty({ description: 'Shown once; only its hash is stored.', example: 'slk_…' }) api_key: string;
}

export class ApiKeyPage {
  @ApiProperty({ type: [ApiKeyDto] }) items: readonly ApiKeyDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

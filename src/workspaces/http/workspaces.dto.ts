import { ApiProperty } from '../../shared/api-decorators.js';
import { ChoiceField, EmailField, TextField, ZoneField } from '../../shared/fields.js';
import { LANGUAGES, type Language } from '../../shared/language.js';
import { formatInstant } from '../../shared/time.js';
import type { ApiKey } from '../api-keys.js';
import type { Workspace } from '../workspace.js';
import type { WorkspaceChange } from '../workspaces.js';

class ContactFields {
  @EmailField({
    optional: true,
    nullable: true,
    example: 'it@acme.example',
    description: 'Is written to when only an administrator of the Google Workspace can help.',
  })
  admin_email?: string | null;
  @ChoiceField({
    of: LANGUAGES,
    optional: true,
    description: 'Of e-mails to the owners of its accounts; by default English.',
  })
  language?: Language;
}

export class NewWorkspaceDto extends ContactFields {
  @TextField({ max: 200, example: 'Acme Dental' }) name: string;
  @ZoneField({ optional: true, default: 'UTC' }) timezone?: string;
}

/** A field that is left out stays as it is. */
export class WorkspaceChangeDto extends ContactFields {
  @TextField({ max: 200, optional: true }) name?: string;
  @ZoneField({ optional: true }) timezone?: string;
}

/** Only what was sent. */
export function changeOf({ admin_email: adminEmail, ...change }: WorkspaceChangeDto): WorkspaceChange {
  return { ...change, ...(adminEmail === undefined ? {} : { adminEmail }) };
}

export class NewApiKeyDto {
  @TextField({ max: 200, example: 'Booking page' }) name: string;
}

export class WorkspaceDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ example: 'America/New_York' }) timezone: string;
  @ApiProperty({ type: String, format: 'email', nullable: true }) admin_email: string | null;
  @ApiProperty({ enum: LANGUAGES }) language: Language;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of({ id, name, timezone, adminEmail, language, createdAt }: Workspace): WorkspaceDto {
    const created_at = formatInstant(createdAt, 'UTC');
    return { id, name, timezone, admin_email: adminEmail, language, created_at };
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

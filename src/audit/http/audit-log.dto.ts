import { ApiProperty } from '../../shared/api-decorators.js';
import { IdField, InstantField, TextField } from '../../shared/fields.js';
import { PageQuery } from '../../shared/page.js';
import { formatInstant, parseInstant } from '../../shared/time.js';
import { AUDIT_OUTCOMES, type AuditEntry, type AuditOutcome } from '../audit-entry.js';
import type { AuditFilter } from '../audit-log.js';

const MAX_NAME = 200;

export class AuditQuery extends PageQuery {
  @IdField({ optional: true, description: 'Also of a workspace that is gone.' }) workspace_id?: string;
  @TextField({
    max: MAX_NAME,
    optional: true,
    description: '`admin`, `key:<id>`, `cli`, `public` or `system:<job>`.',
    example: 'admin',
  })
  actor?: string;
  @TextField({
    max: MAX_NAME,
    optional: true,
    description: 'Exactly this one.',
    example: 'booking.cancelled',
  })
  action?: string;
  @IdField({ optional: true, description: 'Of whatever kind.' }) object_id?: string;
  @InstantField({ optional: true, description: 'Entries from here on.' }) from?: string;
  @InstantField({ optional: true, description: 'Entries before this.' }) to?: string;
}

export function auditFilter(query: AuditQuery): AuditFilter {
  return {
    workspaceId: query.workspace_id ?? null,
    actor: query.actor ?? null,
    action: query.action ?? null,
    objectId: query.object_id ?? null,
    from: parseInstant(query.from),
    to: parseInstant(query.to),
  };
}

export class AuditEntryDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({
    description: '`admin`, `key:<id>`, `cli`, `system:<job>`, or `public`: whoever had a link.',
    example: 'key:5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10',
  })
  actor: string;
  @ApiProperty({ type: String, nullable: true, description: 'Name of the key.' }) actor_name: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null when the admin named none.',
  })
  workspace_id: string | null;
  @ApiProperty({ example: 'booking.cancelled' }) action: string;
  @ApiProperty({ type: String, nullable: true, example: 'booking' }) object_type: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) object_id: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'As in `X-Request-Id`.' })
  request_id: string | null;
  @ApiProperty({
    enum: AUDIT_OUTCOMES,
    description: 'Refused: answered with a 4xx. Failed: with a 5xx.',
  })
  outcome: AuditOutcome;
  @ApiProperty({ type: String, nullable: true, description: '`code` of the problem, when it was not done.' })
  code: string | null;

  static of(entry: AuditEntry): AuditEntryDto {
    return {
      id: entry.id,
      at: formatInstant(entry.at, 'UTC'),
      actor: entry.author.actor,
      actor_name: entry.author.name,
      workspace_id: entry.workspaceId,
      action: entry.action,
      object_type: entry.objectType,
      object_id: entry.objectId,
      request_id: entry.requestId,
      outcome: entry.outcome,
      code: entry.code,
    };
  }
}

export class AuditPage {
  @ApiProperty({ type: [AuditEntryDto] }) items: readonly AuditEntryDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

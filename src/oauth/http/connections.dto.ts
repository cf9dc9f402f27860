import { ApiProperty } from '../../shared/api-decorators.js';
import { IdField, TextField, UrlField } from '../../shared/fields.js';
import { FAILURE_CATEGORIES, type Actor, type FailureCategory } from '../../shared/failure.js';
import { formatInstant, type Instant } from '../../shared/time.js';
import type { AuthStatus, Connection } from '../connection.js';

export class AuthorizeDto {
  @UrlField({ optional: true, description: 'Where to return to; must be listed in ALLOWED_RETURN_URLS.' })
  return_url?: string;
  @TextField({ optional: true, max: 254, description: 'Account to preselect on the consent page.' })
  login_hint?: string;
  @IdField({ optional: true, description: 'The connection to re-authorize.' }) connection_id?: string;
  @IdField({ optional: true, description: 'Needed with the admin key.' }) workspace_id?: string;
}

export class AuthorizeAnswer {
  @ApiProperty({ format: 'uri' }) authorization_url: string;
  @ApiProperty() state: string;
  @ApiProperty({ format: 'date-time' }) expires_at: string;
}

class LastErrorDto {
  @ApiProperty({ example: 'invalid_grant' }) code: string;
  @ApiProperty({ enum: FAILURE_CATEGORIES }) category: FailureCategory;
  @ApiProperty({ type: String, nullable: true }) reason: string | null;
  @ApiProperty({ enum: ['user', 'admin', 'operator', 'none'] }) actor: Actor;
  @ApiProperty({ type: Number, nullable: true }) http_status: number | null;
  @ApiProperty() message: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty() count: number;
}

export class ConnectionDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['google'] }) provider: 'google';
  @ApiProperty({ format: 'email' }) account_email: string;
  @ApiProperty({ enum: ['active', 'needs_reauth', 'disconnected'] }) auth_status: AuthStatus;
  @ApiProperty({ type: LastErrorDto, nullable: true }) last_error: LastErrorDto | null;
  @ApiProperty({ type: [String] }) scopes: readonly string[];
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) token_expires_at: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) last_refreshed_at: string | null;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of(connection: Connection): ConnectionDto {
    const { id, provider, accountEmail, authStatus, scopes } = connection;
    return {
      id,
      provider,
      account_email: accountEmail,
      auth_status: authStatus,
      last_error: lastErrorDto(connection),
      scopes,
      token_expires_at: optionalInstant(connection.tokenExpiresAt),
      last_refreshed_at: optionalInstant(connection.lastRefreshedAt),
      created_at: formatInstant(connection.createdAt, 'UTC'),
    };
  }
}

export class ConnectionPage {
  @ApiProperty({ type: [ConnectionDto] }) items: readonly ConnectionDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

function lastErrorDto({ lastError }: Connection): LastErrorDto | null {
  if (lastError === null) return null;
  const { code, category, reason, actor, httpStatus, message, at, count } = lastError;
  return {
    code,
    category,
    reason,
    actor,
    http_status: httpStatus,
    message,
    at: formatInstant(at, 'UTC'),
    count,
  };
}

function optionalInstant(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at, 'UTC');
}

import { ApiProperty } from '../../shared/api-decorators.js';
import { TextField } from '../../shared/fields.js';

export class NewSessionDto {
  @TextField({ max: 500, description: 'ADMIN_API_KEY.' }) admin_key: string;
}

export class SessionAnswer {
  @ApiProperty({ format: 'date-time', description: 'When one has to sign in again.' }) expires_at: string;
}

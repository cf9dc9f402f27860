import { EVENT_TYPES, type EventType } from '../../outbox/outbox-event.js';
import { ApiProperty, PartialType } from '../../shared/api-decorators.js';
import { BooleanField, ChoiceListField, IdField, TextField, UrlField } from '../../shared/fields.js';
import { formatInstant, type Instant } from '../../shared/time.js';
import type { DisabledReason, Webhook } from '../webhook.js';
import type { WebhookDraft } from '../webhooks.js';

const REASONS = ['failing', 'gone', 'secret_lost'] satisfies DisabledReason[];

class WebhookFields {
  @UrlField({
    example: 'https://hooks.example.com/slotkeeper',
    description: 'An https address on the public internet, on any port.',
  })
  url: string;
  @ChoiceListField({
    of: EVENT_TYPES,
    optional: true,
    description: 'What it is told of. By default everything.',
  })
  events?: EventType[];
  @TextField({ max: 200, optional: true, nullable: true, example: 'CRM' }) description?: string | null;
  @BooleanField({
    optional: true,
    description: 'By default true. What happens while it is not active is not told later.',
  })
  active?: boolean;
}

export class NewWebhookDto extends WebhookFields {
  @IdField({ optional: true, description: 'Needed with the admin key only.' }) workspace_id?: string;
}

/** A field that is left out stays as it is. */
export class WebhookChangeDto extends PartialType(WebhookFields, { skipNullProperties: false }) {}

export function draftOf({
  url,
  events = [...EVENT_TYPES],
  description = null,
  active = true,
}: NewWebhookDto): WebhookDraft {
  return { url, events, description, active };
}

/** Only what was sent. */
export function changeOf({ url, events, description, active }: WebhookChangeDto): Partial<WebhookDraft> {
  return {
    ...(url === undefined ? {} : { url }),
    ...(events === undefined ? {} : { events }),
    ...(description === undefined ? {} : { description }),
    ...(active === undefined ? {} : { active }),
  };
}

export class WebhookDto {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uri' }) url: string;
  @ApiProperty({ enum: EVENT_TYPES, isArray: true }) events: readonly EventType[];
  @ApiProperty({ type: String, nullable: true }) description: string | null;
  @ApiProperty() active: boolean;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when every attempt fails.',
  })
  failing_since: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was switched off without you; activate it to go on.',
  })
  disabled_at: string | null;
  @ApiProperty({
    enum: REASONS,
    nullable: true,
    description: 'Why: failures for days, a 410, or a lost key.',
  })
  disabled_reason: DisabledReason | null;
  @ApiProperty({ format: 'date-time' }) created_at: string;

  static of({
    id,
    url,
    events,
    description,
    active,
    failingSince,
    disabled,
    createdAt,
  }: Webhook): WebhookDto {
    return {
      id,
      url,
      events,
      description,
      active,
      failing_since: optional(failingSince),
      disabled_at: optional(disabled?.at ?? null),
      disabled_reason: disabled?.reason ?? null,
      created_at: formatInstant(createdAt, 'UTC'),
    };
  }
}

export class NewWebhookAnswer extends WebhookDto {
  @ApiProperty({ description: 'Signs what is sent. Shown once.', example: 'whsec_…' }) secret: string;
}

export class NewSecretAnswer extends WebhookDto {
  @ApiProperty({
    description: 'Shown once. For 24 hours, messages are signed with the one before as well.',
    example: 'whsec_…',
  })
  secret: string;
}

export class WebhookPage {
  @ApiProperty({ type: [WebhookDto] }) items: readonly WebhookDto[];
  @ApiProperty({ type: String, nullable: true }) next_cursor: string | null;
}

function optional(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at, 'UTC');
}

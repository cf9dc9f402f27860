import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers, Examples } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { NoFields } from '../../shared/no-fields.dto.js';
import { mapPage, PageQuery } from '../../shared/page.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import { workspaceOf, type WorkspaceScope } from '../../workspaces/workspace.js';
import { AddWebhook } from '../add-webhook.js';
import { ChangeWebhook } from '../change-webhook.js';
import { Webhooks } from '../webhooks.js';
import {
  changeOf,
  draftOf,
  NewSecretAnswer,
  NewWebhookAnswer,
  NewWebhookDto,
  WebhookChangeDto,
  WebhookDto,
  WebhookPage,
} from './webhooks.dto.js';

/** Long enough for a receiver to change over to the new secret. */
const OVERLAP_MS = 24 * 60 * 60_000;

@ApiTags('Webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly addWebhook: AddWebhook,
    private readonly changeWebhook: ChangeWebhook,
  ) {}

  @Post()
  @Audited('webhook.created', { answer: 'id' })
  @Answers(201, NewWebhookAnswer, 'Register an address that is told of events', ['conflict'])
  @Examples({
    Everything: { url: 'https://hooks.example.com/slotkeeper' },
    'What stops working': {
      url: 'https://hooks.example.com/slotkeeper',
      events: ['connection.needs_reauth', 'calendar.failing'],
      description: 'On-call',
    },
  })
  async add(@Scope() scope: WorkspaceScope, @Body() body: NewWebhookDto): Promise<NewWebhookAnswer> {
    const { webhook, secret } = await this.addWebhook.execute(workspaceOf(scope), draftOf(body));
    return { ...WebhookDto.of(webhook), secret: secret.reveal() };
  }

  @Get()
  @Answers(200, WebhookPage, 'List the webhooks, without their secrets')
  async list(@Scope() scope: WorkspaceScope, @Query() page: PageQuery): Promise<WebhookPage> {
    return mapPage(await this.webhooks.list(scope, page), WebhookDto.of);
  }

  @Get(':id')
  @Answers(200, WebhookDto, 'Show a webhook')
  async one(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<WebhookDto> {
    return WebhookDto.of(found(await this.webhooks.find(id, scope)));
  }

  @Patch(':id')
  @Audited('webhook.updated')
  @Answers(200, WebhookDto, 'Change the fields that are named, or activate it again', ['conflict'])
  @Examples({
    'Go on': { active: true },
    'Only bookings': { events: ['booking.confirmed', 'booking.cancelled'] },
  })
  async change(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() body: WebhookChangeDto,
  ): Promise<WebhookDto> {
    return WebhookDto.of(await this.changeWebhook.execute(id, scope, changeOf(body)));
  }

  @Delete(':id')
  @Audited('webhook.deleted')
  @Answers(204, null, 'Delete a webhook and the list of its deliveries')
  async remove(@Scope() scope: WorkspaceScope, @Param('id', IdPipe) id: string): Promise<void> {
    found(await this.webhooks.remove(id, scope));
  }

  @Post(':id/rotate-secret')
  @Audited('webhook.secret_rotated')
  @Answers(200, NewSecretAnswer, 'Replace the secret')
  async rotate(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() _: NoFields,
  ): Promise<NewSecretAnswer> {
    const secret = found(await this.webhooks.rotateSecret(id, scope, OVERLAP_MS));
    return { ...WebhookDto.of(found(await this.webhooks.find(id, scope))), secret: secret.reveal() };
  }
}

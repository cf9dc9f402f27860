import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { found } from '../../shared/app-error.js';
import { Audited } from '../../shared/audited.js';
import { IdPipe } from '../../shared/id.pipe.js';
import { NoFields } from '../../shared/no-fields.dto.js';
import { mapPage, PageQuery } from '../../shared/page.js';
import { Scope } from '../../workspaces/api-key.guard.js';
import type { WorkspaceScope } from '../../workspaces/workspace.js';
import { Deliveries } from '../deliveries.js';
import { Redeliver } from '../redeliver.js';
import { TestWebhook } from '../test-webhook.js';
import { Webhooks } from '../webhooks.js';
import { DeliveryDto, DeliveryPage } from './deliveries.dto.js';

@ApiTags('Webhooks')
@Controller('webhooks/:id')
export class DeliveriesController {
  constructor(
    private readonly webhooks: Webhooks,
    private readonly deliveries: Deliveries,
    private readonly testWebhook: TestWebhook,
    private readonly redeliver: Redeliver,
  ) {}

  @Post('test')
  @Audited('webhook.tested')
  @Answers(200, DeliveryDto, 'Send a test event now and once, and show what came of it', ['conflict'])
  async test(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Body() _: NoFields,
  ): Promise<DeliveryDto> {
    return DeliveryDto.of(await this.testWebhook.execute(id, scope));
  }

  @Get('deliveries')
  @Answers(200, DeliveryPage, 'List what was sent in the last 30 days, and what will be')
  async list(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Query() page: PageQuery,
  ): Promise<DeliveryPage> {
    found(await this.webhooks.find(id, scope));
    return mapPage(await this.deliveries.list(id, page), DeliveryDto.of);
  }

  @Post('deliveries/:delivery_id/redeliver')
  @Audited('webhook_delivery.resent', { path: 'delivery_id' })
  @Answers(200, DeliveryDto, 'Send it now: sooner than planned, or again', ['conflict'])
  async again(
    @Scope() scope: WorkspaceScope,
    @Param('id', IdPipe) id: string,
    @Param('delivery_id', IdPipe) deliveryId: string,
    @Body() _: NoFields,
  ): Promise<DeliveryDto> {
    return DeliveryDto.of(await this.redeliver.execute(deliveryId, id, scope));
  }
}

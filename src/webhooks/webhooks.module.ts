import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OAuthModule } from '../oauth/oauth.module.js';
import { OutboxModule } from '../outbox/outbox.module.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { QueueModule } from '../shared/queue.module.js';
import { AddWebhook } from './add-webhook.js';
import { AttemptDelivery } from './attempt-delivery.js';
import { ChangeWebhook } from './change-webhook.js';
import { DeliverWebhook } from './deliver-webhook.js';
import { Deliveries } from './deliveries.js';
import { DeliveriesController } from './http/deliveries.controller.js';
import { WebhooksController } from './http/webhooks.controller.js';
import { DeliverWebhookJob } from './jobs/deliver-webhook.job.js';
import { PostgresDeliveries } from './persistence/postgres-deliveries.js';
import { PostgresWebhooks } from './persistence/postgres-webhooks.js';
import { WebhookDeliveryEntity } from './persistence/webhook-delivery.entity.js';
import { WebhookEntity } from './persistence/webhook.entity.js';
import { Redeliver } from './redeliver.js';
import { HttpsWebhookSender } from './sender/https-webhook-sender.js';
import { TestWebhook } from './test-webhook.js';
import { WebhookSender } from './webhook-sender.js';
import { Webhooks } from './webhooks.js';

export const webhookEntities = [WebhookEntity, WebhookDeliveryEntity];

@Module({
  imports: [TypeOrmModule.forFeature(webhookEntities), OAuthModule, OutboxModule, QueueModule],
  controllers: [WebhooksController, DeliveriesController],
  providers: [
    AddWebhook,
    AttemptDelivery,
    ChangeWebhook,
    DeliverWebhook,
    DeliverWebhookJob,
    Redeliver,
    TestWebhook,
    { provide: Deliveries, useClass: PostgresDeliveries },
    { provide: Webhooks, useClass: PostgresWebhooks },
    {
      provide: WebhookSender,
      inject: [Clock, Config],
      useFactory: (clock: Clock, { webhookAllowPrivateTargets: allowPrivate }: Config) =>
        new HttpsWebhookSender(clock, { allowPrivate }),
    },
  ],
  exports: [Webhooks],
})
export class WebhooksModule {}

import { Module } from '@nestjs/common';
import { ProbesController } from './http/probes.controller.js';
import { PostgresReadiness } from './persistence/postgres-readiness.js';
import { Readiness } from './readiness.js';

@Module({
  controllers: [ProbesController],
  providers: [{ provide: Readiness, useClass: PostgresReadiness }],
})
export class HealthModule {}

import { Controller, Get, Header } from '@nestjs/common';
import { ApiProduces, ApiTags } from '../../shared/api-decorators.js';
import { Answers } from '../../shared/api-operation.js';
import { OverWorkspaces, Scrapers } from '../../workspaces/api-key.guard.js';
import { ScrapeMetrics } from '../scrape-metrics.js';

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/#basic-info */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

@ApiTags('Health')
@Scrapers()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly scrape: ScrapeMetrics) {}

  @Get()
  @OverWorkspaces()
  @ApiProduces('text/plain')
  @Header('Content-Type', TEXT_FORMAT)
  @Answers(200, String, 'Show what is measured, in the text format of Prometheus')
  async show(): Promise<string> {
    return this.scrape.execute();
  }
}

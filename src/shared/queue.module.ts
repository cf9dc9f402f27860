import { Module } from '@nestjs/common';
import { Config } from './config.js';
import { GraphileQueue } from './graphile-queue.js';
import { Log } from './log.js';
import { Queue } from './queue.js';

/**
 * For modules that do jobs. It is not global: Nest ends global modules last, in no order that counts, and jobs that end
 * with the service still need the database.
 */
@Module({
  providers: [
    {
      provide: Queue,
      inject: [Config, Log],
      useFactory: (config: Config, log: Log) => new GraphileQueue(config, log),
    },
  ],
  exports: [Queue],
})
export class QueueModule {}

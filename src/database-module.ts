import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { connectedDataSource, databaseOptions } from './data-source.js';
import type { Config } from './shared/config.js';

/** The database for everything that Nest puts together, with the schema up to date. */
export function databaseModule({ databaseUrl }: Config): DynamicModule {
  const optionsOf = () => databaseOptions(databaseUrl.reveal());
  return TypeOrmModule.forRootAsync({
    useFactory: optionsOf,
    dataSourceFactory: (options) => connectedDataSource(options ?? optionsOf()),
  });
}

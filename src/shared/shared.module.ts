import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Cipher } from './cipher.js';
import { Clock, SystemClock } from './clock.js';
import { Config } from './config.js';
import { Ids, RandomIds } from './ids.js';
import { JobLock } from './job-lock.js';
import { Log } from './log.js';
import { ScheduledJobs } from './scheduled-jobs.js';
import { Signer } from './signer.js';

/** What every module may ask for. */
@Global()
@Module({})
export class SharedModule {
  static with(config: Config, log: Log, clock: Clock = new SystemClock()): DynamicModule {
    const providers = [
      { provide: Config, useValue: config },
      { provide: Log, useValue: log },
      { provide: Clock, useValue: clock },
      { provide: Ids, useClass: RandomIds },
      JobLock,
      ScheduledJobs,
      { provide: Cipher, useValue: new Cipher(config.encryptionKeys) },
      { provide: Signer, useValue: new Signer(config.encryptionKeys) },
    ];
    return { module: SharedModule, providers, exports: providers };
  }
}

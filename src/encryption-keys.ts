import { NestFactory } from '@nestjs/core';
import { runTool, withConfig } from './command-line-tool.js';
import { databaseModule } from './database-module.js';
import {
  EncryptionKeysCommand,
  EncryptionKeysModule,
  KEYS_HELP,
  parseKeysCommandLine,
} from './oauth/encryption-keys.module.js';
import { Cipher } from './shared/cipher.js';
import { Log } from './shared/log.js';
import { nestLogger } from './shared/pino-log.js';

runTool(async (args, terminal) => {
  const command = parseKeysCommandLine(args);
  if (command.kind === 'help') {
    await terminal.print(KEYS_HELP);
    return 0;
  }
  return withConfig(async (config, log) => {
    const module = {
      module: EncryptionKeysModule,
      imports: [databaseModule(config)],
      providers: [
        { provide: Cipher, useValue: new Cipher(config.encryptionKeys) },
        { provide: Log, useValue: log },
      ],
    };
    const options = { logger: nestLogger(log), abortOnError: false };
    const app = await NestFactory.createApplicationContext(module, options);
    try {
      return await app.get(EncryptionKeysCommand).execute(command, terminal);
    } finally {
      terminal.progress(null);
      await app.close();
    }
  });
});

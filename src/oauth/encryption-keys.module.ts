import { Module } from '@nestjs/common';
import { EncryptionKeysCommand } from './cli/encryption-keys.command.js';
import { ForgetLostKey } from './forget-lost-key.js';
import { PostgresSealedSecrets } from './persistence/postgres-sealed-secrets.js';
import { ReadKeyUse } from './read-key-use.js';
import { ReencryptTokens } from './reencrypt-tokens.js';
import { SealedSecrets } from './sealed-secrets.js';

export { EncryptionKeysCommand } from './cli/encryption-keys.command.js';
export { parseKeysCommandLine } from './cli/encryption-keys-command-line.js';
export { KEYS_HELP } from './cli/encryption-keys-help.js';

/** Apart from the rest of the module, which does not start while keys are missing. */
@Module({
  providers: [
    EncryptionKeysCommand,
    ForgetLostKey,
    ReadKeyUse,
    ReencryptTokens,
    { provide: SealedSecrets, useClass: PostgresSealedSecrets },
  ],
  exports: [SealedSecrets],
})
export class EncryptionKeysModule {}

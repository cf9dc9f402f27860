import { Injectable } from '@nestjs/common';
import type { Terminal } from '../../shared/terminal.js';
import { textTable, type Colour, type Paint } from '../../shared/text-table.js';
import type { KeyState, KeyUse } from '../encryption-key-use.js';
import { ForgetLostKey } from '../forget-lost-key.js';
import { ReadKeyUse } from '../read-key-use.js';
import { ReencryptTokens, type Reencryption } from '../reencrypt-tokens.js';
import type { KeysCommand } from './encryption-keys-command-line.js';

const DONE = 0;
const INCOMPLETE = 1;
const COLOURS: Readonly<Record<KeyState, Colour>> = {
  active: 'green',
  configured: 'green',
  missing: 'red',
  wrong: 'red',
  malformed: 'red',
};

@Injectable()
export class EncryptionKeysCommand {
  constructor(
    private readonly keyUse: ReadKeyUse,
    private readonly reencrypt: ReencryptTokens,
    private readonly forgetKey: ForgetLostKey,
  ) {}

  /** The exit status. */
  async execute(command: KeysCommand, terminal: Terminal): Promise<number> {
    if (command.kind === 'status') return this.#status(command.json, terminal);
    if (command.kind === 'rotate') return this.#rotate(command.json, terminal);
    const forgotten = await this.forgetKey.execute(command.keyId);
    const text = `Erased ${secrets(forgotten)} under key ${command.keyId}.\n`;
    await terminal.print(command.json ? document({ forgotten }) : text);
    return DONE;
  }

  async #status(json: boolean, terminal: Terminal): Promise<number> {
    const uses = await this.keyUse.execute();
    const view = uses.map(({ keyId, state, ciphertexts }) => ({ key_id: keyId, state, ciphertexts }));
    await terminal.print(json ? document({ keys: view }) : statusText(uses, terminal.paint));
    return uses.some(({ state }) => COLOURS[state] === 'red') ? INCOMPLETE : DONE;
  }

  async #rotate(json: boolean, terminal: Terminal): Promise<number> {
    const outcome = await this.reencrypt.execute((done, total) =>
      terminal.progress(`Re-encrypting: ${done} of ${total}`),
    );
    terminal.progress(null);
    await terminal.print(json ? document(outcome) : rotationText(outcome));
    return outcome.undecryptable + outcome.remaining > 0 ? INCOMPLETE : DONE;
  }
}

function statusText(uses: readonly KeyUse[], paint: Paint): string {
  const rows = uses.map(({ keyId, state, ciphertexts }) => [
    keyId ?? '-',
    { text: state, colour: COLOURS[state] },
    String(ciphertexts),
  ]);
  return `${textTable(['KEY', 'STATE', 'SECRETS'], rows, paint).join('\n')}\n`;
}

function rotationText({ checked, reencrypted, undecryptable, remaining }: Reencryption): string {
  const lines = [
    `${secrets(checked)} not under the first key: ${reencrypted} re-encrypted, ${undecryptable} undecryptable.`,
  ];
  if (remaining > 0)
    lines.push(`${secrets(remaining)} are not under the first key now. Keep the other keys.`);
  if (remaining > undecryptable)
    lines.push('Some were written meanwhile: restart every instance with the first key, and run this again.');
  return `${lines.join('\n')}\n`;
}

function secrets(count: number): string {
  return count === 1 ? '1 secret' : `${count} secrets`;
}

function document(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

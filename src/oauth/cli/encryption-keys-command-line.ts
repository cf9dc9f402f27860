import { commandOptions } from '../../shared/command-options.js';
import { UsageError } from '../../shared/usage-error.js';

export type KeysCommand =
  | { readonly kind: 'status'; readonly json: boolean }
  | { readonly kind: 'rotate'; readonly json: boolean }
  | { readonly kind: 'forget'; readonly keyId: string; readonly json: boolean };

const OPTIONS = {
  status: { type: 'boolean', default: false },
  rotate: { type: 'boolean', default: false },
  forget: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws UsageError */
export function parseKeysCommandLine(args: readonly string[]): KeysCommand | { readonly kind: 'help' } {
  const { status, rotate, forget: keyId, json, help } = commandOptions(args, OPTIONS);
  if (help) return { kind: 'help' };
  const asked = [status, rotate, keyId !== undefined].filter(Boolean).length;
  if (asked === 0) throw new UsageError('Nothing to do: give --status, --rotate or --forget KEY_ID.');
  if (asked > 1) throw new UsageError('Give one of --status, --rotate and --forget.');
  if (keyId === undefined) return { kind: rotate ? 'rotate' : 'status', json };
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(keyId))
    throw new UsageError('--forget: expected a key id, of up to 32 letters, digits, - and _.');
  return { kind: 'forget', keyId, json };
}

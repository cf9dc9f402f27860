import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../shared/usage-error.js';
import { parseKeysCommandLine } from './encryption-keys-command-line.js';

describe('parseKeysCommandLine', () => {
  it.each([
    [['--status'], { kind: 'status', json: false }],
    [['--json', '--rotate'], { kind: 'rotate', json: true }],
    [['--forget', 'old-2'], { kind: 'forget', keyId: 'old-2', json: false }],
    [['--forget=old', '--json'], { kind: 'forget', keyId: 'old', json: true }],
    [['-h', '--rotate', '--status'], { kind: 'help' }],
  ])('understands %j', (args, command) => {
    expect(parseKeysCommandLine(args)).toEqual(command);
  });

  it.each([
    [[], /Nothing to do/],
    [['--json'], /Nothing to do/],
    [['--status', '--rotate'], /Give one of/],
    [['--rotate', '--forget', 'old'], /Give one of/],
    [['--forget'], /--forget/],
    [['--forget='], /expected a key id/],
    [['--forget', 'old:AAAA='], /expected a key id/],
    [['--rotat'], /--rotat/],
    [['rotate'], /rotate/],
  ])('refuses %j in one sentence', (args, reason) => {
    const parse = () => parseKeysCommandLine(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(reason);
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseCommandLine } from './command-line.js';
import { UsageError } from '../../shared/usage-error.js';

const ID = '6F1C0A52-5B0E-4A35-9D0B-0F6F3C7A2D11';
const CHECK = { kind: 'check', workspaceId: null, exportIssues: null, verbose: false, json: false };

function refusal(...args: string[]): string {
  try {
    parseCommandLine(args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('The command line was accepted.');
}

describe('parseCommandLine', () => {
  it('checks everything by default', () => {
    expect(parseCommandLine(['--check-all'])).toEqual(CHECK);
  });

  it('takes all options of a check', () => {
    const args = ['--check-all', '--workspace-id', ID, '--export-issues', 'out.json', '--verbose', '--json'];
    expect(parseCommandLine(args)).toEqual({
      ...CHECK,
      workspaceId: ID.toLowerCase(),
      exportIssues: { file: 'out.json' },
      verbose: true,
      json: true,
    });
  });

  it.each([
    [['--check-all', '--export-issues'], null],
    [['--export-issues', '--check-all'], null],
    [['--check-all', '--export-issues='], null],
    [['--export-issues', 'a.json', '--check-all'], 'a.json'],
    [['--check-all', '--export-issues=a=b.json'], 'a=b.json'],
  ])('reads the optional file of %j as %j', (args, file) => {
    expect(parseCommandLine(args)).toEqual({ ...CHECK, exportIssues: { file } });
  });

  it('takes --json with issues for standard output, which are JSON anyway', () => {
    const both = { ...CHECK, exportIssues: { file: null }, json: true };
    expect(parseCommandLine(['--check-all', '--json', '--export-issues'])).toEqual(both);
  });

  it('refreshes tokens, by force if wanted', () => {
    const refresh = { kind: 'refresh', workspaceId: null, force: false, json: false };
    expect(parseCommandLine(['--refresh-tokens'])).toEqual(refresh);
    expect(parseCommandLine(['--refresh-tokens', '--force'])).toEqual({ ...refresh, force: true });
  });

  it('cleans up what has been dead for thirty days, or for as long as it is told', () => {
    const cleanUp = { kind: 'cleanUp', workspaceId: null, olderThanDays: 30, dryRun: false, json: false };
    expect(parseCommandLine(['--cleanup-expired'])).toEqual(cleanUp);
    const args = [
      '--cleanup-expired',
      '--older-than-days',
      '90',
      '--dry-run',
      '--workspace-id',
      ID,
      '--json',
    ];
    expect(parseCommandLine(args)).toEqual({
      ...cleanUp,
      workspaceId: ID.toLowerCase(),
      olderThanDays: 90,
      dryRun: true,
      json: true,
    });
  });

  it('helps before it looks at anything else', () => {
    expect(parseCommandLine(['-h', '--force'])).toEqual({ kind: 'help' });
    expect(parseCommandLine(['--help'])).toEqual({ kind: 'help' });
  });

  it.each([
    [[], /Nothing to do/],
    [['--export-issues'], /Nothing to do/],
    [['--check-all', '--refresh-tokens'], /not both/],
    [['--check-all', '--force'], /--force only goes with --refresh-tokens/],
    [['--refresh-tokens', '--export-issues'], /--export-issues only goes with --check-all/],
    [['--refresh-tokens', '--verbose'], /--verbose only goes with --check-all/],
    [['--check-all', '--workspace-id', 'acme'], /--workspace-id: expected a UUID/],
    [['--check-all', '--workspace-id='], /--workspace-id: expected a UUID/],
    [['--check-all', '--workspace-id', '--json'], /--workspace-id/],
    [['--chekc-all'], /'--chekc-all'\. Did you mean --check-all\?$/],
    [['check-all'], /'check-all'\. Did you mean --check-all\?$/],
    [['--cleanup'], /'--cleanup'\.$/],
    [['--cleanup-expierd'], /Did you mean --cleanup-expired\?$/],
    [['--cleanup-expired', '--force'], /--force only goes with --refresh-tokens/],
    [['--check-all', '--dry-run'], /--dry-run only goes with --cleanup-expired/],
    [['--refresh-tokens', '--older-than-days', '3'], /--older-than-days only goes with --cleanup-expired/],
    [['--cleanup-expired', '--check-all'], /Give --check-all or --cleanup-expired, not both/],
    [
      ['--cleanup-expired', '--older-than-days', '0'],
      /--older-than-days: expected a whole number from 1 to 3650/,
    ],
    [['--cleanup-expired', '--older-than-days', '3651'], /--older-than-days/],
    [['--cleanup-expired', '--older-than-days', '1e2'], /--older-than-days/],
    [['--cleanup-expired', '--older-than-days=-3'], /--older-than-days/],
    [['--check-all', '--export-issues', 'a.json', 'b.json'], /b\.json/],
  ])('refuses %j in one line', (args, reason) => {
    const message = refusal(...args);
    expect(message).toMatch(reason);
    expect(message).not.toContain('\n');
    expect(message).toMatch(/[.?]$/);
  });
});

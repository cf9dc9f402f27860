import { commandOptions } from '../../shared/command-options.js';
import { isUuid } from '../../shared/ids.js';
import { UsageError } from '../../shared/usage-error.js';
import { DEFAULT_DEAD_DAYS } from '../clean-up-tokens.js';

/** Where `--export-issues` goes; null file: standard output, which then carries nothing else. */
export interface IssueExport {
  readonly file: string | null;
}

export interface CheckCommand {
  readonly kind: 'check';
  readonly workspaceId: string | null;
  readonly exportIssues: IssueExport | null;
  readonly verbose: boolean;
  readonly json: boolean;
}

export interface RefreshCommand {
  readonly kind: 'refresh';
  readonly workspaceId: string | null;
  readonly force: boolean;
  readonly json: boolean;
}

export interface CleanUpCommand {
  readonly kind: 'cleanUp';
  readonly workspaceId: string | null;
  readonly olderThanDays: number;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export type HealthCommand = CheckCommand | RefreshCommand | CleanUpCommand;

const OPTIONS = {
  'check-all': { type: 'boolean', default: false },
  'refresh-tokens': { type: 'boolean', default: false },
  'cleanup-expired': { type: 'boolean', default: false },
  'workspace-id': { type: 'string' },
  'export-issues': { type: 'string' },
  'older-than-days': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Option = keyof typeof OPTIONS;
type Options = ReturnType<typeof optionsOf>;

const COMMANDS = ['check-all', 'refresh-tokens', 'cleanup-expired'] as const satisfies Option[];
type CommandOption = (typeof COMMANDS)[number];

/** What goes with one of the commands only. */
const BELONGS_TO: Partial<Record<Option, CommandOption>> = {
  force: 'refresh-tokens',
  'export-issues': 'check-all',
  verbose: 'check-all',
  'older-than-days': 'cleanup-expired',
  'dry-run': 'cleanup-expired',
};

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): HealthCommand | { readonly kind: 'help' } {
  const options = optionsOf(args);
  if (options.help) return { kind: 'help' };
  const command = commandOf(options);
  for (const [name, owner] of Object.entries(BELONGS_TO))
    if (owner !== command && isGiven(options, name))
      throw new UsageError(`--${name} only goes with --${owner}.`);
  return PARSED[command](options);
}

const PARSED: Readonly<Record<CommandOption, (options: Options) => HealthCommand>> = {
  'check-all': ({ verbose, 'export-issues': file, ...options }) => {
    const exportIssues = file === undefined ? null : { file: file === '' ? null : file };
    return { kind: 'check', exportIssues, verbose, ...common(options) };
  },
  'refresh-tokens': ({ force, ...options }) => ({ kind: 'refresh', force, ...common(options) }),
  'cleanup-expired': ({ 'dry-run': dryRun, 'older-than-days': days, ...options }) => ({
    kind: 'cleanUp',
    olderThanDays: daysOf(days),
    dryRun,
    ...common(options),
  }),
};

function common(options: Pick<Options, 'workspace-id' | 'json'>) {
  return { workspaceId: idOf(options['workspace-id']), json: options.json };
}

function commandOf(options: Options): CommandOption {
  const [command, other] = COMMANDS.filter((name) => options[name]);
  if (command === undefined)
    throw new UsageError('Nothing to do: give --check-all, --refresh-tokens or --cleanup-expired.');
  if (other !== undefined) throw new UsageError(`Give --${command} or --${other}, not both.`);
  return command;
}

function isGiven(options: Options, name: string): boolean {
  return new Map<string, unknown>(Object.entries(options)).get(name) !== false && name in options;
}

function optionsOf(args: readonly string[]) {
  return commandOptions(withOptionalFile(args), OPTIONS);
}

/** `parseArgs` knows no optional values, so `--export-issues` always gets one: empty when no FILE follows. */
function withOptionalFile(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const file = joined.at(-1) === '--export-issues' && !arg.startsWith('-');
    if (file) joined.splice(-1, 1, `--export-issues=${arg}`);
    else joined.push(arg);
  }
  return joined.map((arg) => (arg === '--export-issues' ? '--export-issues=' : arg));
}

function idOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!isUuid(text)) throw new UsageError('--workspace-id: expected a UUID.');
  return text.toLowerCase();
}

const MAX_DAYS = 3650;

function daysOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DEAD_DAYS;
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MAX_DAYS)
    throw new UsageError(`--older-than-days: expected a whole number from 1 to ${MAX_DAYS}.`);
  return days;
}

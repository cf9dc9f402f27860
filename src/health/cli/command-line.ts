import { commandOptions } from '../../shared/command-options.js';
import { isUuid } from '../../shared/ids.js';
import { UsageError } from '../../shared/usage-error.js';

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

export type Command = CheckCommand | RefreshCommand | { readonly kind: 'help' };

const OPTIONS = {
  'check-all': { type: 'boolean', default: false },
  'refresh-tokens': { type: 'boolean', default: false },
  'workspace-id': { type: 'string' },
  'export-issues': { type: 'string' },
  verbose: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

type Options = ReturnType<typeof optionsOf>;

/** Combinations that make no sense, and what to tell whoever asked for them. */
const CONTRADICTIONS: readonly (readonly [string, (options: Options) => boolean])[] = [
  ['Give --check-all or --refresh-tokens, not both.', (o) => o['check-all'] && o['refresh-tokens']],
  ['Nothing to do: give --check-all or --refresh-tokens.', (o) => !o['check-all'] && !o['refresh-tokens']],
  ['--force only goes with --refresh-tokens.', (o) => o.force && !o['refresh-tokens']],
  ['--export-issues only goes with --check-all.', (o) => o['export-issues'] !== undefined && !o['check-all']],
  ['--verbose only goes with --check-all.', (o) => o.verbose && !o['check-all']],
  [
    '--json and --export-issues cannot share standard output: give --export-issues a FILE.',
    (o) => o.json && o['export-issues'] === '',
  ],
];

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): Command {
  const options = optionsOf(args);
  if (options.help) return { kind: 'help' };
  const contradiction = CONTRADICTIONS.find(([, applies]) => applies(options));
  if (contradiction !== undefined) throw new UsageError(contradiction[0]);
  const { verbose, json, force, 'export-issues': file } = options;
  const workspaceId = idOf(options['workspace-id']);
  if (options['refresh-tokens']) return { kind: 'refresh', workspaceId, force, json };
  const exportIssues = file === undefined ? null : { file: file === '' ? null : file };
  return { kind: 'check', workspaceId, exportIssues, verbose, json };
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

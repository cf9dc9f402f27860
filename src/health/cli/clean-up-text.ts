import { textTable, type Paint } from '../../shared/text-table.js';
import type { CleanUpView } from '../clean-up-view.js';

/** What a clean-up did, or would do, for a person to read. */
export function cleanUpText({ dry_run, connections }: CleanUpView, days: number, paint: Paint): string {
  const age = days === 1 ? 'a day' : `${days} days`;
  if (connections.length === 0)
    return `No stored token is of an account that has needed re-authorization for ${age}; nothing to remove.\n`;
  const accounts = connections.length === 1 ? '1 account' : `${connections.length} accounts`;
  const did = dry_run ? paint('Would remove', 'yellow') : paint('Removed', 'green');
  const summary = `${did} the stored tokens of ${accounts}, for needing re-authorization for ${age} or more.`;
  const rows = connections.map(({ account_email, workspace_id, category, since }) => [
    account_email,
    workspace_id,
    category,
    since,
  ]);
  const table = textTable(['ACCOUNT', 'WORKSPACE', 'CATEGORY', 'SINCE'], rows, paint);
  const end = dry_run
    ? 'Nothing has been changed. Leave out --dry-run to remove them.'
    : 'The accounts, their calendars and configurations are still there; a new consent restores everything.';
  return `${[summary, '', ...table, '', end].join('\n')}\n`;
}

export const HELP = `Checks the calendars of all connected accounts, keeps their tokens fresh, and removes those that are dead.

Usage:
  calendar-health --check-all [--workspace-id ID] [--export-issues [FILE]] [--verbose] [--json]
  calendar-health --refresh-tokens [--force] [--workspace-id ID] [--json]
  calendar-health --cleanup-expired [--older-than-days N] [--dry-run] [--workspace-id ID] [--json]

Options:
  --check-all              ask Google about every calendar and report what is wrong
  --workspace-id ID        only this workspace
  --export-issues [FILE]   write the issues as JSON to FILE, or to standard output and nothing else
  --verbose                also list every calendar, and how to end each issue
  --refresh-tokens         refresh the tokens that are about to expire
  --force                  refresh every token, whatever its age
  --cleanup-expired        remove the stored tokens of accounts that nobody re-authorized for long; nothing is revoked at
                           Google, and a new consent restores the account with all that hangs on it
  --older-than-days N      for how long they have needed re-authorization at least (30)
  --dry-run                only tell what would be removed
  --json                   print the result as JSON
  -h, --help               print this

One check and one refresh of all workspaces run at a time, whether started here, by the schedule or over HTTP. A second
one does nothing and exits 0: it says so on standard error, and prints and writes no result, so whoever reads one must
expect none. With --workspace-id, nothing waits for anything.

Results go to standard output, in colours when that is a terminal and NO_COLOR is not set. Progress and messages go to
standard error. It works while the service runs, and with the embedded database also while it does not.

Exit status:
  0  healthy: everything works; or another run does the work; or a clean-up is done
  1  partial: at most half of the calendars (or of the tokens) fail, or an account could not be judged
  2  critical: more than half fail
  3  the command could not run; the reason is on standard error

Examples:
  npm run --silent calendar-health -- --check-all
  npm run --silent calendar-health -- --check-all --verbose --workspace-id 6f1c0a52-5b0e-4a35-9d0b-0f6f3c7a2d11
  npm run --silent calendar-health -- --check-all --export-issues issues.json
  npm run --silent calendar-health -- --check-all --export-issues | jq '.issues[].reauth_url'
  npm run --silent calendar-health -- --refresh-tokens --force
  npm run --silent calendar-health -- --cleanup-expired --older-than-days 90 --dry-run
`;

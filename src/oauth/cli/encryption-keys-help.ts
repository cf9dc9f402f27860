export const KEYS_HELP = `Shows and changes which of the ENCRYPTION_KEYS protect the stored tokens.

Usage:
  encryption-keys --status [--json]
  encryption-keys --rotate [--json]
  encryption-keys --forget KEY_ID [--json]

Options:
  --status         count the stored secrets under each key
  --rotate         bring every stored secret under the first key; the service may run meanwhile
  --forget KEY_ID  erase what a lost key sealed; its accounts must be connected again
  --json           print the result as JSON
  -h, --help       print this

Exit status:
  0  done: every stored secret can be opened; after --rotate, all are under the first key
  1  some stored secrets cannot be opened, or were written under another key meanwhile
  3  the command could not run; the reason is on standard error

Examples:
  npm run --silent encryption-keys -- --status
  ENCRYPTION_KEYS=new:...,old:... npm run --silent encryption-keys -- --rotate
  npm run --silent encryption-keys -- --rotate --json | jq .undecryptable
  npm run --silent encryption-keys -- --forget old
`;

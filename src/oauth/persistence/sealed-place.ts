/** What a ciphertext is bound to, so that it opens in its own row and column only. `row`: the primary key, as text. */
export function sealedPlace(
  ...[table, row, column]:
    | [table: 'connections', row: string, column: 'access_token' | 'refresh_token']
    | [table: 'oauth_states', row: string, column: 'code_verifier']
    | [table: 'webhooks', row: string, column: 'secret' | 'previous_secret']
): string {
  return `${table}/${row}/${column}`;
}

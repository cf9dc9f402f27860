import type { Connection } from '../oauth/connection.js';

/** One account by its address, several by their number; an account of two workspaces counts once. */
export function accountNames(connections: readonly Connection[]): string {
  const [first, ...others] = new Set(connections.map(({ accountEmail }) => accountEmail));
  return first !== undefined && others.length === 0 ? first : `${others.length + 1} accounts`;
}

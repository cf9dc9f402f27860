/** Who does something: `admin`, `key:<id>`, `cli`, `system:<job>`, or `public` (whoever has a link). */
export interface Author {
  readonly actor: string;
  /** Of a key. */
  readonly name: string | null;
}

export const ADMIN: Author = { actor: 'admin', name: null };
export const CLI: Author = { actor: 'cli', name: null };
export const PUBLIC: Author = { actor: 'public', name: null };

export function systemJob(job: string): Author {
  return { actor: `system:${job}`, name: null };
}

/** Who asks for something, and with which request; null: with none. */
export interface Requester {
  readonly author: Author;
  readonly requestId: string | null;
}

import type { Page, PageQuery } from '../shared/page.js';
import type { Secret } from '../shared/secret.js';
import type { Instant } from '../shared/time.js';

export interface ApiKey {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly createdAt: Instant;
}

/** The keys that REST consumers present. Only a hash is stored, so a key can be shown once. */
export abstract class ApiKeys {
  abstract issue(
    workspaceId: string,
    name: string,
  ): Promise<{ readonly key: ApiKey; readonly secret: Secret }>;
  /** The key that `presented` is, or null. */
  abstract find(presented: string): Promise<ApiKey | null>;
  abstract list(workspaceId: string, page: PageQuery): Promise<Page<ApiKey>>;
  /** False when the workspace has no such key. */
  abstract revoke(workspaceId: string, id: string): Promise<boolean>;
}

import type { Instant } from '../shared/time.js';

/** What people should know of besides calendars that fail. What it is not about is null. */
export interface OtherIssue {
  readonly workspaceId: string;
  readonly webhookId: string | null;
  readonly calendarId: string | null;
  readonly connectionId: string | null;
  readonly accountEmail: string | null;
  readonly reauthUrl: string | null;
  readonly since: Instant;
  readonly message: string;
  readonly resolution: string;
}

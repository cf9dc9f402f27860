import type { LocalServices } from './local-services.js';
import type { Config } from './shared/config.js';

/** What a developer needs to know after the start: where things are, and two commands that work as they stand. */
export function welcome(
  { publicUrl }: Config,
  { embeddedPostgres, sandboxUrl }: Pick<LocalServices, 'embeddedPostgres' | 'sandboxUrl'>,
  generatedKey: string | null,
): string {
  const key = generatedKey ?? '$ADMIN_API_KEY';
  const lines = [
    '',
    `Slotkeeper is ready.`,
    `  API        ${publicUrl}/api`,
    `  API docs   ${publicUrl}/docs`,
    `  Dashboard  ${publicUrl}/dashboard`,
    `  Admin key  ${generatedKey ?? 'the one in ADMIN_API_KEY'}`,
    `  Database   ${embeddedPostgres ? 'embedded Postgres (set DATABASE_URL for your own)' : 'DATABASE_URL'}`,
    `  Google     ${sandboxUrl === null ? 'the real one' : `built-in sandbox at ${sandboxUrl}/sandbox (set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET for the real one)`}`,
    '',
    'Create a workspace, then look at the health of all connections:',
    '',
    `  curl -s ${publicUrl}/api/admin/workspaces -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '{"name":"Acme"}'`,
    `  curl -s ${publicUrl}/api/admin/calendar-health -H 'Authorization: Bearer ${key}'`,
    '',
    '',
  ];
  return lines.join('\n');
}

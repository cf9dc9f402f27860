import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/data-source.js';
import { EVENT_TYPES } from '../../src/outbox/outbox-event.js';
import { createTestDatabase } from './database.js';

export interface Schema {
  readonly source: DataSource;
  /** A workspace to hang things on; answers its id. */
  addWorkspace(): Promise<string>;
  /** A connection without tokens in a workspace; answers its id. */
  addConnection(workspaceId: string): Promise<string>;
  /** A calendar of a connection; answers its id. */
  addCalendar(workspaceId: string, connectionId: string): Promise<string>;
  /** A webhook of a workspace that nothing is sent to here; answers its id. */
  addWebhook(workspaceId: string, events?: readonly string[], active?: boolean): Promise<string>;
  drop(): Promise<void>;
}

/** The migrated schema in a database of its own, connected as the service connects. */
export async function connectedSchema(): Promise<Schema> {
  const database = await createTestDatabase();
  const source = await new DataSource(databaseOptions(database.url)).initialize();
  const inserted = async (statement: string, values: readonly unknown[] = []): Promise<string> => {
    const [row]: { id: string }[] = await source.query(`${statement} RETURNING id`, [...values]);
    if (row === undefined) throw new Error('Nothing was inserted.');
    return row.id;
  };
  return {
    source,
    addWorkspace: () =>
      inserted(`INSERT INTO workspaces (id, name, timezone) VALUES (gen_random_uuid(), 'W', 'UTC')`),
    addConnection: (workspaceId) =>
      inserted(
        `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
         VALUES (gen_random_uuid(), $1, 'google', gen_random_uuid()::text, 'active')`,
        [workspaceId],
      ),
    addCalendar: (workspaceId, connectionId) =>
      inserted(
        `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
         VALUES (gen_random_uuid(), $1, $2, gen_random_uuid()::text, 'C', 'UTC', 'owner')`,
        [workspaceId, connectionId],
      ),
    addWebhook: (workspaceId, events = EVENT_TYPES, active = true) =>
      inserted(
        `INSERT INTO webhooks (id, workspace_id, url, events, active)
         VALUES (gen_random_uuid(), $1, 'https://hooks.example.com', $2, $3)`,
        [workspaceId, events, active],
      ),
    drop: async () => {
      await source.destroy();
      await database.drop();
    },
  };
}

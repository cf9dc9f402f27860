import { DataSource } from 'typeorm';
import { BookingEntity } from '../../src/booking/persistence/booking.entity.js';
import { HoldEntity } from '../../src/booking/persistence/hold.entity.js';
import { PostgresBookings } from '../../src/booking/persistence/postgres-bookings.js';
import { PostgresHolds } from '../../src/booking/persistence/postgres-holds.js';
import { databaseOptions } from '../../src/data-source.js';
import { RandomIds } from '../../src/shared/ids.js';
import { aConfig } from './a-config.js';
import { createTestDatabase } from './database.js';

export interface Home {
  readonly workspaceId: string;
  readonly calendarId: string;
  readonly configurationId: string;
}

const ids = new RandomIds();

/** The tables of a database of its own, with the adapters of booking over them. */
export class BookingTables {
  static async open(): Promise<BookingTables> {
    const database = await createTestDatabase();
    const statements: string[] = [];
    const source = new DataSource({
      type: 'postgres',
      url: database.url,
      // All of them: their foreign keys point at the tables of other modules.
      entities: databaseOptions(database.url).entities ?? [],
      poolSize: 30,
      logging: true,
      logger: {
        logQuery: (query) => void statements.push(query),
        logQueryError: () => undefined,
        logQuerySlow: () => undefined,
        logSchemaBuild: () => undefined,
        logMigration: () => undefined,
        log: () => undefined,
      },
    });
    await source.initialize();
    return new BookingTables(source, statements, () => database.drop());
  }

  readonly bookings: PostgresBookings;
  readonly holds: PostgresHolds;

  private constructor(
    readonly source: DataSource,
    /** Of all that happened since the last look. */
    private readonly statements: string[],
    private readonly drop: () => Promise<void>,
  ) {
    this.bookings = new PostgresBookings(source.getRepository(BookingEntity), ids, aConfig());
    this.holds = new PostgresHolds(source.getRepository(HoldEntity));
  }

  takeStatements(): string[] {
    return this.statements.splice(0);
  }

  /** A workspace with an account, its calendar, and a configuration that books into it. */
  async home(): Promise<Home> {
    const home = { workspaceId: ids.next(), calendarId: ids.next(), configurationId: ids.next() };
    const { workspaceId, calendarId, configurationId } = home;
    const connectionId = ids.next();
    await this.source.query(`INSERT INTO workspaces (id, name, timezone) VALUES ($1, 'W', 'UTC')`, [
      workspaceId,
    ]);
    await this.source.query(
      `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status)
       VALUES ($1, $2, 'google', 'ada@example.com', 'active')`,
      [connectionId, workspaceId],
    );
    await this.source.query(
      `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
       VALUES ($1, $2, $3, 'ada@example.com', 'Ada', 'UTC', 'owner')`,
      [calendarId, workspaceId, connectionId],
    );
    await this.source.query(
      `INSERT INTO configurations (id, workspace_id, name, calendar_id, timezone, duration_minutes,
         prep_time_minutes, buffer_after_minutes, days_buffer, min_notice_minutes, max_days_ahead, from_minute,
         to_minute, workdays, date_overrides, meeting_type, create_meet_link, on_unverified, last_known_max_age_minutes)
       VALUES ($1, $2, 'Consultation', $3, 'UTC', 30, 0, 0, 0, 0, 60, 540, 1020, '{monday}', '[]', 'online', false,
         'flag', 1440)`,
      [configurationId, workspaceId, calendarId],
    );
    return home;
  }

  /** One more calendar of the account that has the calendar. */
  async anotherCalendar({ calendarId }: Home): Promise<string> {
    const id = ids.next();
    await this.source.query(
      `INSERT INTO calendars (id, workspace_id, connection_id, external_id, name, timezone, access_role)
       SELECT $2::uuid, workspace_id, connection_id, $2::uuid::text, 'Other', 'UTC', 'owner' FROM calendars WHERE id = $1`,
      [calendarId, id],
    );
    return id;
  }

  /** All that was written in the workspace is so much older; appointments stay when they are. */
  async pass({ workspaceId }: Home, ms: number): Promise<void> {
    const values = [workspaceId, ms];
    const older = (column: string): string => `${column} = ${column} - $2 * interval '1 millisecond'`;
    const columns = ['next_attempt_at', 'created_at', 'settled_at'].map(older).join(', ');
    await this.source.query(`UPDATE bookings SET ${columns} WHERE workspace_id = $1`, values);
    await this.source.query(`UPDATE holds SET ${older('expires_at')} WHERE workspace_id = $1`, values);
    await this.source.query(
      `UPDATE slot_claims SET ${older('hold_expires_at')}
       WHERE calendar_id IN (SELECT id FROM calendars WHERE workspace_id = $1)`,
      values,
    );
  }

  async remove({ workspaceId }: Home): Promise<void> {
    await this.source.query('DELETE FROM workspaces WHERE id = $1', [workspaceId]);
  }

  async close(): Promise<void> {
    await this.source.destroy();
    await this.drop();
  }
}

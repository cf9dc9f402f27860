import { Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn } from '../../shared/columns.js';
import type { Instant } from '../../shared/time.js';

/** One row for each calendar that was ever written to. */
@Entity('calendar_writes')
export class CalendarWritesEntity {
  /** The provider's calendar, whichever workspaces use it. */
  @PrimaryColumn('text', { name: 'remote_calendar', primaryKeyConstraintName: 'pk_calendar_writes' })
  remoteCalendar: string;
  @InstantColumn('idle_at') idleAt: Instant;
}

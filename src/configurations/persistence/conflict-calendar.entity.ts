import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

const PRIMARY_KEY = { primaryKeyConstraintName: 'pk_conflict_calendars' };

@Entity('conflict_calendars')
@Index('ix_conflict_calendars_calendar', ['calendarId'])
export class ConflictCalendarEntity {
  @ForeignKey('configurations', { name: 'fk_conflict_calendars_configuration', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'configuration_id', ...PRIMARY_KEY })
  configurationId: string;
  @ForeignKey('calendars', { name: 'fk_conflict_calendars_calendar', onDelete: 'CASCADE' })
  @PrimaryColumn('uuid', { name: 'calendar_id', ...PRIMARY_KEY })
  calendarId: string;
  /** Keeps the caller's order. */
  @Column('integer') position: number;
}

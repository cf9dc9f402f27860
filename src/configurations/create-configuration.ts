import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import { ValidationFailed } from '../shared/app-error.js';
import { Workspaces } from '../workspaces/workspaces.js';
import { calendarProblems } from './calendar-problems.js';
import { configurationProblems } from './configuration-problems.js';
import {
  calendarIdsOf,
  type Configuration,
  type ConfigurationChange,
  type ConfigurationDraft,
} from './configuration.js';
import { Configurations } from './configurations.js';

/** The fields that have no sensible default. */
type Required = 'name' | 'calendarId' | 'durationMinutes' | 'fromMinute' | 'toMinute' | 'workdays';

export type NewConfiguration = Pick<ConfigurationDraft, Required> & ConfigurationChange;

/** The zone is missing: it defaults to the workspace's. */
export const CONFIGURATION_DEFAULTS = {
  conflictCalendarIds: [],
  slotIntervalMinutes: null,
  prepTimeMinutes: 0,
  bufferAfterMinutes: 0,
  daysBuffer: 0,
  minNoticeMinutes: 0,
  maxDaysAhead: 60,
  dateOverrides: [],
  maxBookingsPerDay: null,
  meetingType: 'online',
  meetingLink: null,
  meetingAddress: null,
  createMeetLink: false,
  onUnverified: 'last_known',
  lastKnownMaxAgeMinutes: 1440,
} as const satisfies Omit<ConfigurationDraft, Required | 'timezone'>;

@Injectable()
export class CreateConfiguration {
  constructor(
    private readonly configurations: Configurations,
    private readonly calendars: Calendars,
    private readonly workspaces: Workspaces,
  ) {}

  /** @throws ValidationFailed fields that do not go together, or calendars that cannot serve */
  async execute(workspaceId: string, given: NewConfiguration): Promise<Configuration> {
    const timezone = given.timezone ?? (await this.#zoneOf(workspaceId));
    const draft: ConfigurationDraft = { ...CONFIGURATION_DEFAULTS, ...given, timezone };
    const known = await this.calendars.findMany(calendarIdsOf(draft), { workspaceId });
    const problems = [...configurationProblems(draft), ...calendarProblems(draft, known)];
    if (problems.length > 0) throw new ValidationFailed(problems);
    return this.configurations.add(workspaceId, draft);
  }

  async #zoneOf(workspaceId: string): Promise<string> {
    const workspace = await this.workspaces.find(workspaceId);
    if (workspace === null) throw ValidationFailed.of('workspace_id', 'no such workspace');
    return workspace.timezone;
  }
}

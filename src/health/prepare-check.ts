import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import { calendarIdsOf } from '../configurations/configuration.js';
import { Configurations } from '../configurations/configurations.js';
import { SweepTokens } from '../oauth/sweep-tokens.js';
import { AlreadyRunning } from '../shared/job-lock.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { CALENDAR_GONE } from './calendar-verdict.js';

/** Before many accounts are asked: calendars that are gone count as such, and tokens are fresh as far as can be. */
@Injectable()
export class PrepareCheck {
  constructor(
    private readonly calendars: Calendars,
    private readonly configurations: Configurations,
    private readonly sweepTokens: SweepTokens,
  ) {}

  async execute(scope: WorkspaceScope): Promise<void> {
    await this.#recordGone(scope);
    await this.#refreshTokens(scope);
  }

  /** Calendars that configurations use although they left their account's list: from now on they are out. */
  async #recordGone(scope: WorkspaceScope): Promise<void> {
    const gone = (await this.calendars.all(scope)).filter(({ active }) => !active);
    const configurations = await this.configurations.ofCalendars(gone.map(({ id }) => id));
    const used = new Set(configurations.flatMap(calendarIdsOf));
    const readings = gone
      .filter(({ id }) => used.has(id))
      .map(({ id }) => ({ calendarId: id, failure: CALENDAR_GONE }));
    await this.calendars.recordHealth(readings);
  }

  async #refreshTokens(scope: WorkspaceScope): Promise<void> {
    try {
      await this.sweepTokens.execute(scope);
    } catch (error) {
      // Another run does exactly this.
      if (!(error instanceof AlreadyRunning)) throw error;
    }
  }
}

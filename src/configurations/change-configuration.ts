import { Injectable } from '@nestjs/common';
import { Calendars } from '../calendars/calendars.js';
import { found, ValidationFailed, type FieldError } from '../shared/app-error.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import { calendarProblems, namedCalendars } from './calendar-problems.js';
import { configurationProblems } from './configuration-problems.js';
import type { Configuration, ConfigurationChange } from './configuration.js';
import { Configurations } from './configurations.js';

@Injectable()
export class ChangeConfiguration {
  constructor(
    private readonly configurations: Configurations,
    private readonly calendars: Calendars,
  ) {}

  /**
   * Leaves what `change` does not name as it is. The result is checked as a whole, except for calendars that the
   * change does not name: a booking calendar that became read-only must not stand in the way of a new name.
   *
   * @throws NotFound
   * @throws ValidationFailed
   */
  async execute(id: string, scope: WorkspaceScope, change: ConfigurationChange): Promise<Configuration> {
    const { workspaceId } = found(await this.configurations.find(id, scope));
    const known = await this.calendars.findMany(namedCalendars(change), { workspaceId });
    const unfit = calendarProblems(change, known);
    return found(
      await this.configurations.change(id, scope, (current) => checked({ ...current, ...change }, unfit)),
    );
  }
}

function checked(changed: Configuration, unfit: readonly FieldError[]): Configuration {
  const problems = [...configurationProblems(changed), ...unfit];
  if (problems.length > 0) throw new ValidationFailed(problems);
  return changed;
}

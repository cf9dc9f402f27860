import { Injectable } from '@nestjs/common';
import type { Configuration } from '../configurations/configuration.js';
import { Conflict, ValidationFailed } from '../shared/app-error.js';
import type { Interval } from '../shared/time.js';
import type { Hold } from './hold.js';
import { Holds } from './holds.js';

/** Finds the hold that a booking wants to spend. */
@Injectable()
export class HeldTime {
  constructor(private readonly holds: Holds) {}

  /**
   * A hold that ran out is as good as any while nobody else took its time.
   *
   * @throws ValidationFailed naming `hold_id` when the workspace has no such hold
   * @throws Conflict when it keeps another configuration or another time
   */
  async covering(
    id: string,
    { id: configurationId, workspaceId }: Configuration,
    slot: Interval,
  ): Promise<Hold> {
    const hold = await this.holds.find(id, { workspaceId });
    if (hold === null) throw ValidationFailed.of('hold_id', 'no such hold');
    if (hold.configurationId !== configurationId)
      throw new Conflict('The hold belongs to another configuration.');
    if (slot.startAt < hold.startAt || slot.endAt > hold.endAt)
      throw new Conflict('The appointment does not lie inside the held time.');
    return hold;
  }
}

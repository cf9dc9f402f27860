import { Injectable } from '@nestjs/common';
import { CALM_MS } from '../oauth/operator-alerts.js';
import { Clock } from '../shared/clock.js';
import type { OperatorFault } from './mail.js';
import { Mails } from './mails.js';

/** What became of a fault that only the operator can mend. */
export interface OperatorNews {
  readonly episode: string;
  /** Null: the fault was mended. */
  readonly fault: OperatorFault | null;
}

/** Plans one e-mail for the beginning of a fault of the operator's and one for its end, however many accounts meet it. */
@Injectable()
export class PlanOperatorMails {
  constructor(
    private readonly mails: Mails,
    private readonly clock: Clock,
  ) {}

  /** A fault that nobody tells to be mended is over when it was not met for a while; that is looked at again and again. */
  async execute({ episode, fault }: OperatorNews): Promise<void> {
    if (fault === null) return this.mails.reschedule({ episode, step: 'mended' }, 0);
    const now = this.clock.now();
    const common = { episode, connectionId: null, fault, episodeBeganAt: now };
    await this.mails.plan([
      { ...common, step: 'alert', dueAt: now },
      { ...common, step: 'mended', dueAt: now + CALM_MS },
    ]);
  }
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../shared/log.js';
import { Readiness } from './readiness.js';

/**
 * Says at the start that the database would let double bookings through (F52). The process goes on: what takes no time away
 * can be served, and claims are refused by the database adapters.
 */
@Injectable()
export class TellUnguarded implements OnApplicationBootstrap {
  constructor(
    private readonly readiness: Readiness,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { constraints } = await this.readiness.check();
    if (constraints !== 'failed') return;
    this.log.error(
      'database.unguarded',
      'The constraint ex_slot_claims_no_overlap is missing or is not the one of the migrations. ' +
        'Nothing is booked, held or moved until it is put back.',
    );
  }
}

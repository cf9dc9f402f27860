import { Injectable } from '@nestjs/common';
import { TokenRefresh, type RefreshOptions } from './token-refresh.js';
import { TokenStore } from './token-store.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';

/** One refresh that no earlier failure holds back: a person asked for it. */
@Injectable()
export class ForcedTokenRefresh {
  constructor(
    private readonly store: TokenStore,
    private readonly refresh: TokenRefresh,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** What is left of the time. @throws ProviderError */
  async execute(id: string, options: Pick<RefreshOptions, 'sparing'> = {}): Promise<Deadline> {
    const deadline = Deadline.in(this.config.bookingDeadlineMs, this.clock);
    await this.refresh.execute(id, await this.store.read(id), deadline, { ...options, force: true });
    return deadline;
  }
}

import { Injectable } from '@nestjs/common';
import type { TokenGrant } from '../oauth/token-grant.js';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { Deadline } from '../shared/deadline.js';
import { retrying } from '../shared/retry.js';
import { CalendarProvider } from './calendar-provider.js';
import { ConsentUseless } from './calendar.errors.js';

/** Whose grant it is: by the ID token, else by the id of the account's primary calendar. */
@Injectable()
export class AccountOfGrant {
  constructor(
    private readonly provider: CalendarProvider,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** @throws ConsentUseless when neither tells */
  async of(
    grant: TokenGrant,
    missingScopes: readonly string[],
  ): Promise<{ email: string; sub: string | null }> {
    const { email, sub } = grant.account;
    if (email !== null) return { email, sub };
    if (missingScopes.length > 0) throw ConsentUseless.missingScopes(missingScopes);
    const primary = (await this.#calendars(grant)).find((calendar) => calendar.primary);
    if (primary === undefined) throw ConsentUseless.unknownAccount();
    return { email: primary.externalId.toLowerCase(), sub };
  }

  deadline(): Deadline {
    return Deadline.in(this.config.providerDeadlineMs, this.clock);
  }

  async #calendars({ accessToken }: TokenGrant): ReturnType<CalendarProvider['calendars']> {
    const deadline = this.deadline();
    return retrying(deadline, () =>
      this.provider.calendars({ accessToken, signal: deadline.signal(this.config.providerTimeoutMs) }),
    );
  }
}

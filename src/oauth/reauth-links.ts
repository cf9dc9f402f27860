import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { isUuid } from '../shared/ids.js';
import { Signer } from '../shared/signer.js';
import type { Instant } from '../shared/time.js';

const VALID_MS = 7 * 24 * 60 * 60_000;
const PURPOSE = 'reauthorize';

/**
 * The one link that mends a connection: it needs no login, starts the consent for exactly that
 * connection, and ends after seven days. It carries no secret of the account.
 */
@Injectable()
export class ReauthLinks {
  constructor(
    private readonly config: Config,
    private readonly signer: Signer,
    private readonly clock: Clock,
  ) {}

  for(connectionId: string): string {
    return this.issue(connectionId).url;
  }

  /** A link, and when it ends. */
  issue(connectionId: string): { readonly url: string; readonly endsAt: Instant } {
    const endsAt = Math.floor((this.clock.now() + VALID_MS) / 1000);
    const payload = `${connectionId}.${endsAt.toString(36)}`;
    const link = `${payload}.${this.signer.sign(payload, PURPOSE)}`;
    return { url: `${this.#url()}?link=${link}`, endsAt: endsAt * 1000 };
  }

  /** Where the page behind a link leads on to. @param link one that {@link connectionOf} accepted */
  consentUrl(link: string): string {
    return `${this.#url()}/consent?link=${link}`;
  }

  /** The connection that `link` was made for, or null when it is forged, malformed or too old. */
  connectionOf(link: string): string | null {
    const [id, expiry, signature, ...rest] = link.split('.');
    if (id === undefined || expiry === undefined || signature === undefined || rest.length > 0) return null;
    if (!isUuid(id) || !this.signer.verify(`${id}.${expiry}`, PURPOSE, signature)) return null;
    return Number.parseInt(expiry, 36) * 1000 > this.clock.now() ? id : null;
  }

  #url(): string {
    return `${this.config.publicUrl}/api/oauth/google/reauthorize`;
  }
}

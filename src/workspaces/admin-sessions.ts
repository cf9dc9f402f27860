import { Injectable } from '@nestjs/common';
import { Clock } from '../shared/clock.js';
import { Config } from '../shared/config.js';
import { sameText, sha256 } from '../shared/hashing.js';
import { Signer } from '../shared/signer.js';
import type { Instant } from '../shared/time.js';

const LASTS_MS = 12 * 60 * 60_000;

export interface AdminSession {
  /** What the browser keeps. Tells nothing but when it ends. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/**
 * Stands in for the admin key in a browser, which never has to keep the key itself. Any instance knows a session of
 * another's by its signature. It ends after twelve hours, and with the key that it was made from.
 */
@Injectable()
export class AdminSessions {
  readonly #purpose: string;

  constructor(
    private readonly config: Config,
    private readonly signer: Signer,
    private readonly clock: Clock,
  ) {
    this.#purpose = `admin-session ${sha256(config.adminApiKey.reveal()).toString('base64url')}`;
  }

  /** Null when `key` is not the admin key. */
  begin(key: string): AdminSession | null {
    if (!sameText(key, this.config.adminApiKey.reveal())) return null;
    const expiresAt = this.clock.now() + LASTS_MS;
    const expiry = Math.floor(expiresAt / 1000).toString(36);
    return { token: `${expiry}.${this.signer.sign(expiry, this.#purpose)}`, expiresAt };
  }

  isOpen(token: string): boolean {
    const [expiry = '', signature = '', ...rest] = token.split('.');
    if (rest.length > 0 || !this.signer.verify(expiry, this.#purpose, signature)) return false;
    return Number.parseInt(expiry, 36) * 1000 > this.clock.now();
  }
}

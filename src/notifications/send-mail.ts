import { Injectable } from '@nestjs/common';
import { CALM_MS } from '../oauth/operator-alerts.js';
import { Clock } from '../shared/clock.js';
import { Log, type LogFields } from '../shared/log.js';
import { ComposeLetter } from './compose-letter.js';
import type { Mail, MailKey } from './mail.js';
import { Mails } from './mails.js';
import { MailServerAway, Postman, type Letter, type Postbox, type Sending } from './postman.js';
import { pauseAfter } from './send-schedule.js';

/**
 * Sends an e-mail that is due, if it is still wanted, and never twice: it is claimed when the mail server is ready to
 * take it, and what was claimed by a process that died is not sent again, although nobody knows whether it went out.
 */
@Injectable()
export class SendMail {
  constructor(
    private readonly mails: Mails,
    private readonly letters: ComposeLetter,
    private readonly postman: Postman,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** @throws whatever keeps it from being sent or noted: it is to be tried again */
  async execute(key: MailKey, signal: AbortSignal): Promise<void> {
    const mail = await this.mails.find(key);
    if (mail?.status === 'sending') return this.#abandoned(mail);
    if (mail?.status !== 'planned') return;
    const letter = await this.letters.execute(mail);
    if (letter === null) return this.mails.cancel(mail);
    const box = await this.#opened(mail, signal);
    if (box === null) return;
    try {
      await this.#sent(mail, letter, box);
    } finally {
      box.close();
    }
  }

  async #sent(mail: Mail, letter: Letter, box: Postbox): Promise<void> {
    const claim = await this.mails.claim(mail, letter.to, CALM_MS);
    if (claim === 'early') await this.mails.reschedule(mail, CALM_MS);
    if (claim !== 'claimed') return;
    const sending = await box.send(letter);
    if (sending.kind === 'later') return this.#putOff(mail, sending.smtpStatus, 'refused_for_now');
    await this.#settled(mail, sending);
  }

  async #settled(mail: Mail, sending: Exclude<Sending, { kind: 'later' }>): Promise<void> {
    if (sending.kind === 'sent') {
      await this.mails.settle(mail, 'sent', null);
      return this.log.info('mail.sent', 'An e-mail was sent.', factsOf(mail));
    }
    if (sending.kind === 'unknown') return this.#abandoned(mail);
    await this.mails.settle(mail, 'failed', sending.smtpStatus);
    this.#tellFailure(mail, sending.smtpStatus);
  }

  async #abandoned(mail: Mail): Promise<void> {
    await this.mails.settle(mail, 'unknown', null);
    this.log.warn(
      'mail.outcome_unknown',
      'Nobody knows whether an e-mail went out; it is not sent again.',
      factsOf(mail),
    );
  }

  async #opened(mail: Mail, signal: AbortSignal): Promise<Postbox | null> {
    try {
      return await this.postman.open(signal);
    } catch (error) {
      if (!(error instanceof MailServerAway)) throw error;
      signal.throwIfAborted();
      await this.#putOff(mail, error.smtpStatus, error.reason);
      return null;
    }
  }

  async #putOff(mail: Mail, smtpStatus: number | null, reason: string): Promise<void> {
    const pauseMs = pauseAfter(mail, this.clock.now(), Math.random());
    if (pauseMs === null) {
      await this.mails.settle(mail, 'failed', smtpStatus);
      return this.#tellFailure(mail, smtpStatus);
    }
    await this.mails.postpone(mail, pauseMs);
    this.log.warn('mail.put_off', 'An e-mail could not be sent; it is tried again.', {
      ...factsOf(mail),
      reason,
      upstream_status: smtpStatus,
      pause_ms: pauseMs,
    });
  }

  /** Nobody else hears of a fault of the operator's. */
  #tellFailure(mail: Mail, smtpStatus: number | null): void {
    const level = mail.fault === null ? 'warn' : 'error';
    this.log[level]('mail.failed', 'The mail server refused an e-mail; it is not sent.', {
      ...factsOf(mail),
      upstream_status: smtpStatus,
    });
  }
}

function factsOf({ episode, step, connectionId, attempts }: Mail): LogFields {
  return { connection_id: connectionId, episode, step, attempts };
}

/** An e-mail as it leaves. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Of the part before the `@` of its Message-ID: the same whenever this e-mail is sent. */
  readonly name: string;
}

/**
 * What came of sending. `later`: the server did not take it, and may when asked again. `refused`: it never will.
 * `unknown`: the connection broke when the e-mail was on its way.
 */
export type Sending =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'later'; readonly smtpStatus: number | null }
  | { readonly kind: 'refused'; readonly smtpStatus: number };

/** The mail server cannot be reached, or lets nobody in, so nothing was sent. */
export class MailServerAway extends Error {
  constructor(
    readonly reason: string,
    readonly smtpStatus: number | null,
  ) {
    super(`The mail server is not available: ${reason}`);
    this.name = 'MailServerAway';
  }
}

/** A connection with the mail server that is ready to take one e-mail. */
export interface Postbox {
  send(letter: Letter): Promise<Sending>;
  close(): void;
}

/** The way to the mail server. */
export abstract class Postman {
  /** Nothing is sent yet: an e-mail is claimed only when there is somebody to take it. @throws MailServerAway */
  abstract open(signal: AbortSignal): Promise<Postbox>;
}

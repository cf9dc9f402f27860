import {
  MailServerAway,
  Postman,
  type Letter,
  type Postbox,
  type Sending,
} from '../../src/notifications/postman.js';

/** Keeps what it is given, and answers as it is told. */
export class ScriptedPostman extends Postman {
  readonly letters: Letter[] = [];
  opened = 0;
  isAway = false;
  answer: Sending = { kind: 'sent' };
  /** Happens when a letter is handed in, before the answer. */
  meanwhile: () => Promise<void> = async () => undefined;

  async open(): Promise<Postbox> {
    if (this.isAway) throw new MailServerAway('ESOCKET', null);
    this.opened += 1;
    return { send: (letter) => this.#send(letter), close: () => undefined };
  }

  async #send(letter: Letter): Promise<Sending> {
    this.letters.push(letter);
    await this.meanwhile();
    return this.answer;
  }
}

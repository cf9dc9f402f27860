import { Readable } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Clock } from '../../shared/clock.js';
import { record } from '../../shared/record.js';
import type { Letter, Postbox, Sending } from '../postman.js';
import { addressOf, mimeOf } from './mime.js';

/** An answer of the server to the envelope or to the whole e-mail; anything else is trouble with the connection. */
const ANSWERED: readonly unknown[] = ['EENVELOPE', 'EMESSAGE'];

export class SmtpPostbox implements Postbox {
  constructor(
    private readonly connection: SMTPConnection,
    private readonly from: string,
    private readonly clock: Clock,
  ) {}

  async send(letter: Letter): Promise<Sending> {
    const mime = await mimeOf(letter, this.from, this.clock.now());
    let isOnItsWay = false;
    // Read from once the server wants the text: what breaks before that has not gone out.
    const text = new Readable({
      read() {
        isOnItsWay = true;
        this.push(mime);
        this.push(null);
      },
    });
    const error = await this.#sent(letter.to, text);
    return error === null ? { kind: 'sent' } : sendingOf(error, isOnItsWay);
  }

  close(): void {
    this.connection.quit();
  }

  #sent(to: string, text: Readable): Promise<Error | null> {
    return new Promise((resolve) => {
      this.connection.once('error', resolve);
      this.connection.once('end', () => resolve(new Error('The mail server hung up.')));
      this.connection.send({ from: addressOf(this.from), to: [to] }, text, (error) => resolve(error));
    });
  }
}

function sendingOf(error: Error, isOnItsWay: boolean): Sending {
  const { code, responseCode } = record(error);
  const smtpStatus = typeof responseCode === 'number' ? responseCode : null;
  if (smtpStatus !== null && ANSWERED.includes(code))
    return smtpStatus >= 500 ? { kind: 'refused', smtpStatus } : { kind: 'later', smtpStatus };
  return isOnItsWay ? { kind: 'unknown' } : { kind: 'later', smtpStatus };
}

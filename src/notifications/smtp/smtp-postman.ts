import { Injectable } from '@nestjs/common';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { Clock } from '../../shared/clock.js';
import { Config } from '../../shared/config.js';
import { record } from '../../shared/record.js';
import { MailServerAway, Postman, type Postbox } from '../postman.js';
import { SmtpPostbox } from './smtp-postbox.js';
import { smtpServer, type SmtpServer } from './smtp-server.js';

/** Speaks SMTP with the configured server; a connection for each e-mail. */
@Injectable()
export class SmtpPostman extends Postman {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async open(signal: AbortSignal): Promise<Postbox> {
    const { mail } = this.config;
    if (mail === null) throw new MailServerAway('not_configured', null);
    // Loaded for the first e-mail only: most installations start without sending any.
    const { default: Connection } = await import('nodemailer/lib/smtp-connection');
    const server = smtpServer(mail.smtpUrl.reveal());
    const connection = new Connection(server.options);
    const stop = (): void => connection.close();
    signal.addEventListener('abort', stop);
    connection.once('end', () => signal.removeEventListener('abort', stop));
    try {
      await ready(connection, server.login);
    } catch (error) {
      connection.close();
      throw away(error);
    }
    return new SmtpPostbox(connection, mail.from, this.clock);
  }
}

/** Errors of a connection that nobody waits for any more end it, and nothing else. */
function ready(connection: SMTPConnection, login: SmtpServer['login']): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => (error ? reject(error) : resolve());
    connection.on('error', reject);
    connection.once('end', () => reject(new Error('The mail server hung up.')));
    connection.connect((error) => {
      if (error || login === null) return settle(error);
      connection.login({ credentials: login }, settle);
    });
  });
}

/** The error itself may repeat the password. */
function away(error: unknown): MailServerAway {
  const { code, responseCode } = record(error);
  const reason = typeof code === 'string' ? code : 'unreachable';
  return new MailServerAway(reason, typeof responseCode === 'number' ? responseCode : null);
}

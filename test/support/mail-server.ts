import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly port: number;
  /** What was taken, in order. */
  readonly taken: readonly ParsedMail[];
  /** From now on e-mails are taken, but the sender does not hear of it. */
  muted: boolean;
  /** The status that e-mails are refused with; null: they are taken. */
  refusesWith: number | null;
  close(): Promise<void>;
}

/** A mail server on this machine that keeps what it is sent. @param port 0: any */
export async function startMailServer(port = 0): Promise<MailServer> {
  const taken: ParsedMail[] = [];
  async function take(stream: Readable, answer: (error?: Error) => void): Promise<void> {
    const mail = await simpleParser(stream);
    const { muted, refusesWith } = mailServer;
    if (refusesWith !== null)
      return answer(Object.assign(new Error('Not here.'), { responseCode: refusesWith }));
    taken.push(mail);
    if (!muted) answer();
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    closeTimeout: 100,
    onData: (stream, _session, answer) => void take(stream, answer),
  });
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const mailServer: MailServer = {
    port: (server.server.address() as AddressInfo).port,
    taken,
    muted: false,
    refusesWith: null,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mailServer;
}

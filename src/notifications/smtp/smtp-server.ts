import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

const TIMEOUTS = { connectionTimeout: 4000, greetingTimeout: 4000, socketTimeout: 10_000, dnsTimeout: 4000 };

export interface SmtpServer {
  readonly options: SMTPConnectionOptions;
  readonly login: { readonly user: string; readonly pass: string } | null;
}

/** A password is sent over TLS only; without one, `smtp://` uses TLS where the server offers it. */
export function smtpServer(url: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const login = username === '' ? null : { user: decoded(username), pass: decoded(password) };
  return {
    login,
    options: {
      ...TIMEOUTS,
      host: hostname.replace(/^\[|\]$/g, ''),
      ...(port === '' ? {} : { port: Number(port) }),
      secure: protocol === 'smtps:',
      requireTLS: login !== null,
      logger: false,
    },
  };
}

function decoded(part: string): string {
  return decodeURIComponent(part);
}

import { formatInstant, type Instant } from '../../shared/time.js';
import type { Letter } from '../postman.js';

/** The address in `Name <address>`, or all of it. */
export function addressOf(mailbox: string): string {
  return /<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox;
}

/**
 * The e-mail as it is sent. No answer of a machine is asked for, and its Message-ID is the same whenever it is sent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3834#section-5
 */
export async function mimeOf(letter: Letter, from: string, now: Instant): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const [, domain = 'localhost'] = addressOf(from).split('@');
  const composer = new MailComposer({
    from,
    to: { name: '', address: letter.to },
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    messageId: `<${letter.name}@${domain}>`,
    date: formatInstant(now, 'UTC'),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

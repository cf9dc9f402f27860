import type { LetterContent } from './letter-content.js';
import { letterHtml } from './letter-html.js';
import { letterText } from './letter-text.js';
import type { MailKey } from './mail.js';
import type { Letter } from './postman.js';

export function letterTo(to: string, { episode, step }: MailKey, content: LetterContent): Letter {
  const { subject } = content;
  return {
    to,
    subject,
    text: letterText(content),
    html: letterHtml(content),
    name: `${episode}.${step}`,
  };
}

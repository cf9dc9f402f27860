import { dayText } from '../../messages/day-text.js';
import type { Messages } from '../../messages/messages.js';
import type { HtmlPage } from '../../shared/html-page.js';
import type { OpenedLink } from '../open-reauth-link.js';

/** Whose account it is, what happened, and what to do next. */
export function reauthPage(opened: OpenedLink, messages: Messages): HtmlPage {
  const { title, paragraphs, hasButton } = contentOf(opened, messages);
  const { account, goOn } = messages.pages;
  const button = hasButton ? { label: goOn, url: opened.consentUrl } : null;
  const whose = account(opened.connection.accountEmail, opened.workspace.name);
  return { language: messages.language, title, paragraphs: [whose, ...paragraphs], button };
}

export function badLinkPage({ language, pages }: Messages): HtmlPage {
  const { title, text, next } = pages.badLink;
  return { language, title, paragraphs: [text, next], button: null };
}

interface Content {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly hasButton: boolean;
}

function contentOf({ connection, workspace, notice }: OpenedLink, messages: Messages): Content {
  const { pages, reasons, language } = messages;
  if (notice.kind === 'ending') {
    const { title, text, next } = pages.ending;
    const day = dayText(notice.endsAt, workspace.timezone, language);
    return { title, paragraphs: [text(day), next], hasButton: true };
  }
  if (notice.kind !== 'stopped') {
    const { title, text, next } = pages[notice.kind];
    return { title, paragraphs: [text, next], hasButton: true };
  }
  if (notice.reason === 'ours') {
    const { title, text, next } = pages.ours;
    return { title, paragraphs: [text, next], hasButton: false };
  }
  const { title, next, nextAfterAdmin, kept } = pages.stopped;
  const todo = notice.reason === 'blocked' ? nextAfterAdmin : next;
  const paragraphs = [reasons[notice.reason], todo(connection.accountEmail), kept];
  return { title, paragraphs, hasButton: true };
}

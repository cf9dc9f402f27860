import type { FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from './hashing.js';
import { escaped } from './html-text.js';
import type { Language } from './language.js';

/** A page for a person whose browser ended up here. Nothing of what the browser sent belongs on it. */
export interface HtmlPage {
  readonly language: Language;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** The one thing to do next; null when there is nothing to do here. */
  readonly button: { readonly label: string; readonly url: string } | null;
  /** Small print. */
  readonly note?: string;
}

const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1d1d1f;--quiet:#555a61;--accent:#0b57d0;--on-accent:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#16181c;--ink:#ececee;--quiet:#adb2ba;--accent:#a8c7fa;--on-accent:#062e6f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:36rem;margin:0 auto;padding:clamp(2rem,12vh,8rem) 1.25rem 3rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 1.25rem}
h1:focus{outline:none}
p{margin:0 0 1rem}
.button{display:inline-block;margin:.75rem 0 1.5rem;padding:.75rem 1.5rem;min-height:2.75rem;border-radius:.5rem;background:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none}
.button:hover{text-decoration:underline}
.button:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
.note{color:var(--quiet);font-size:.9375rem}
@media (max-width:30rem){.button{display:block;text-align:center}}`;

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(STYLE).toString('base64')}'`,
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Without script or anything from outside. The heading takes the focus, so that it is what is read out first. */
export function htmlOf({ language, title, paragraphs, button, note }: HtmlPage): string {
  const text = paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`);
  const link =
    button && `<p><a class="button" href="${escaped(button.url)}">${escaped(button.label)}</a></p>`;
  const small = note === undefined ? '' : `<p class="note">${escaped(note)}</p>`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1 tabindex="-1" autofocus>${escaped(title)}</h1>
${text.join('\n')}
${link ?? ''}${small}
</main>
</body>
</html>
`;
}

const HTML = /^\s*text\/html\s*(;|$)/i;
const REFUSED = /;\s*q\s*=\s*0(\.0*)?\s*(;|$)/i;

/** Programs ask for JSON, or for anything; only browsers ask for pages. */
export function wantsPage({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return (headers.accept ?? '').split(',').some((range) => HTML.test(range) && !REFUSED.test(range));
}

export function sendPage(reply: FastifyReply, page: HtmlPage, status = 200): void {
  void privately(reply)
    .status(status)
    .header('Content-Type', 'text/html; charset=utf-8')
    .header('Content-Language', page.language)
    .header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
    .header('X-Content-Type-Options', 'nosniff')
    .send(htmlOf(page));
}

/** The address of such an answer lets its holder act: it is kept nowhere, and told to nobody. */
export function privately(reply: FastifyReply): FastifyReply {
  return reply.header('Cache-Control', 'no-store').header('Referrer-Policy', 'no-referrer');
}

import { escaped } from '../shared/html-text.js';
import type { Block, LetterContent } from './letter-content.js';

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const BODY = `margin:0;padding:24px 16px;background-color:#ffffff;color:#1d1d1f;${FONT};font-size:16px;line-height:1.55`;
const SHEET = 'max-width:36em;margin:0 auto;overflow-wrap:anywhere';
const HEADING = 'margin:24px 0 4px;font-size:17px;line-height:1.3';
const PARAGRAPH = 'margin:0 0 14px';
const SMALL = 'margin:28px 0 0;padding-top:14px;border-top:1px solid #c9cdd2;color:#555a61;font-size:14px';
const BUTTON =
  'display:inline-block;padding:12px 22px;border-radius:8px;background-color:#0b57d0;color:#ffffff;font-weight:bold;text-decoration:none';

/**
 * Programs that show e-mails know little of HTML: styles stand at their elements, and nothing is loaded from anywhere.
 * Many make dark colours of their own where they find no others; `color-scheme` tells the rest that they may.
 */
export function letterHtml({ language, subject, blocks }: LetterContent): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>@media (prefers-color-scheme:dark){body{background-color:#16181c!important;color:#ececee!important}.small{color:#adb2ba!important;border-color:#4a4f57!important}.button{background-color:#a8c7fa!important;color:#062e6f!important}a{color:#a8c7fa}}</style>
</head>
<body style="${BODY}">
<div role="article" lang="${language}" style="${SHEET}">
${blocks.map(html).join('\n')}
</div>
</body>
</html>
`;
}

function html(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h2 style="${HEADING}">${escaped(block.text)}</h2>`;
    case 'button':
      return `<p style="${PARAGRAPH}"><a class="button" href="${escaped(block.url)}" style="${BUTTON}">${escaped(block.label)}</a></p>`;
    case 'small':
      return `<p class="small" style="${SMALL}">${escaped(block.text)}</p>`;
    case 'text':
      return `<p style="${PARAGRAPH}">${linked(block.text)}</p>`;
  }
}

/** Our own texts name pages of Google's. What others wrote is never made a link. */
function linked(words: string): string {
  const parts = words.split(/(https:\/\/support\.google\.com\/[\w/?=-]*)/);
  return parts
    .map((part, index) =>
      index % 2 === 1 ? `<a href="${escaped(part)}">${escaped(part)}</a>` : escaped(part),
    )
    .join('');
}

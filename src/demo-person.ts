import { ONE_CALL_EACH, Unexpected } from './demo-client.js';
import { EN } from './messages/en.js';

const LIMIT_MS = 20_000;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/**
 * Reads on the page of a re-authorization link what happened, goes on to Google, and consents there.
 *
 * @throws Unexpected when a page is not the one that should come
 */
export async function reauthorizeInBrowser(link: string, account: string): Promise<void> {
  const page = await open(link);
  const [, consent] = / href="([^"]*)"/.exec(page.html) ?? [];
  if (consent === undefined || !page.html.includes(account))
    throw new Unexpected(`a page about ${account} that leads to Google`, page.shown);
  await consentInBrowser(unescaped(consent), account);
}

/**
 * Does what a person does in a browser: opens the consent page, leaves every box ticked, chooses the account,
 * and is sent back to the service.
 *
 * @throws Unexpected when a page is not the one that should come
 */
export async function consentInBrowser(pageUrl: string, account: string): Promise<void> {
  const page = await open(pageUrl);
  if (!page.html.includes(`value="${account}"`))
    throw new Unexpected(`a consent page that offers ${account}`, page.shown);
  const end = await open(page.url, formFor(page.html, account));
  const { title } = EN.pages.connected;
  if (!end.html.includes(title)) throw new Unexpected(`a page that says: ${title}`, end.shown);
}

interface Page {
  readonly url: string;
  readonly html: string;
  /** Its text, for a message. */
  readonly shown: string;
}

/** Follows redirects, as a browser does; with `form`, sends it. */
async function open(url: string, form?: URLSearchParams): Promise<Page> {
  const response = await fetch(url, {
    headers: { ...ONE_CALL_EACH, Accept: 'text/html' },
    ...(form === undefined ? {} : { method: 'POST', body: form }),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const html = await response.text();
  const text = html.replaceAll(/<style>.*?<\/style>|<[^>]*>|\s+/gs, ' ').trim();
  return { url: response.url, html, shown: `${response.status} ${text.slice(0, 500)}` };
}

function formFor(html: string, account: string): URLSearchParams {
  const form = new URLSearchParams();
  for (const [input] of html.matchAll(/<input[^>]*>/g)) {
    const isSent = input.includes('type="hidden"') || / checked>/.test(input);
    if (isSent) form.append(attribute(input, 'name'), attribute(input, 'value'));
  }
  form.append('account', account);
  return form;
}

function attribute(tag: string, name: string): string {
  const [, value = ''] = new RegExp(` ${name}="([^"]*)"`).exec(tag) ?? [];
  return unescaped(value);
}

function unescaped(value: string): string {
  return value.replaceAll(/&(#?\w+);/g, (entity, code: string) => ENTITIES[code] ?? entity);
}

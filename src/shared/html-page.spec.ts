import { describe, expect, it } from '@jest/globals';
import { htmlOf, wantsPage, type HtmlPage } from './html-page.js';

function aPage(differences: Partial<HtmlPage> = {}): HtmlPage {
  return { language: 'en', title: 'Title', paragraphs: ['What happened.'], button: null, ...differences };
}

describe('a page for people', () => {
  it('shows what others have named as text, wherever it stands', () => {
    const evil = `"><script>alert('x')</script>&`;
    const html = htmlOf(
      aPage({ title: evil, paragraphs: [evil], button: { label: evil, url: evil }, note: evil }),
    );
    expect(html).not.toContain('<script');
    expect(html).not.toContain(`alert('`);
    expect(html.match(/&#60;script&#62;/g)).toHaveLength(6);
  });

  it('says its language, and its heading can take the focus', () => {
    const html = htmlOf(aPage({ language: 'de' }));
    expect(html).toContain('<html lang="de">');
    expect(html.match(/<h1 tabindex="-1" autofocus>Title<\/h1>/g)).toHaveLength(1);
  });

  it('has a button only when there is something to do', () => {
    expect(htmlOf(aPage())).not.toContain('class="button"');
    const html = htmlOf(aPage({ button: { label: 'Go on', url: 'https://book.example.com/next' } }));
    expect(html).toContain('<a class="button" href="https://book.example.com/next">Go on</a>');
  });

  it('needs no script, and nothing from elsewhere', () => {
    expect(htmlOf(aPage())).not.toMatch(/<script|<link|<img|@import|url\(|\son\w+=/i);
  });
});

describe('who gets a page', () => {
  it.each([
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['application/json, TEXT/HTML;q=0.5', true],
    ['application/json', false],
    ['*/*', false],
    ['text/*', false],
    ['application/json, text/html;q=0', false],
    ['application/json, text/html; q=0.000', false],
    ['text/html-fragment', false],
    [undefined, false],
  ])('who accepts %s: %s', (accept, expected) => {
    expect(wantsPage({ headers: accept === undefined ? {} : { accept } })).toBe(expected);
  });
});

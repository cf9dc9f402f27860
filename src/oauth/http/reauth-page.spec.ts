import { describe, expect, it } from '@jest/globals';
import { aConnection, aLastError } from '../../../test/support/a-connection.js';
import { aWorkspace } from '../../../test/support/a-workspace.js';
import { messagesIn } from '../../messages/messages-in.js';
import type { HtmlPage } from '../../shared/html-page.js';
import { LANGUAGES, type Language } from '../../shared/language.js';
import type { Connection, LastError } from '../connection.js';
import type { OpenedLink } from '../open-reauth-link.js';
import { reauthNotice } from '../reauth-notice.js';
import { badLinkPage, reauthPage } from './reauth-page.js';

const CONSENT_URL = 'https://book.example.com/api/oauth/google/reauthorize/consent?link=signed';
const ENDS_AT = Date.UTC(2027, 2, 10, 12);

function opened(differences: Partial<Connection>): OpenedLink {
  const connection = aConnection(differences);
  const notice = reauthNotice(connection, ENDS_AT - 3_600_000);
  return { connection, workspace: aWorkspace(), notice, consentUrl: CONSENT_URL };
}

const shown = (differences: Partial<Connection>, language: Language = 'en'): HtmlPage =>
  reauthPage(opened(differences), messagesIn(language));
const stopped = (error: Partial<LastError>): Partial<Connection> => ({
  authStatus: 'needs_reauth',
  lastError: aLastError(error),
});
const textOf = ({ paragraphs }: HtmlPage): string => paragraphs.join(' ');

describe('the page behind a re-authorization link', () => {
  it('says whose account it is, what happened and what to do, with one button to the consent', () => {
    const page = shown(stopped({}));
    expect(page.title).toBe('Reconnect your calendar');
    expect(textOf(page)).toContain('ada@example.com, which is connected to Acme Dental');
    expect(textOf(page)).toContain('Google does not accept our authorization');
    expect(textOf(page)).toContain('choose ada@example.com, and allow the access');
    expect(page.button).toEqual({ label: 'Continue to Google', url: CONSENT_URL });
  });

  it.each([
    ['permissions were left out', { code: 'insufficient_scope' }, /not all permissions were granted/],
    ['the account is protected', { code: 'policy_enforced' }, /Advanced Protection/],
    ['F03: a session was over', { actor: 'admin', reason: 'invalid_rapt' }, /asks for a new sign-in/],
    ['F07: an administrator blocked it', { actor: 'admin' }, /ask the administrator .* first/],
  ] as const)('tells it in words when %s', (_name, error, words) => {
    expect(textOf(shown(stopped(error)))).toMatch(words);
  });

  it('asks nothing of anybody when the fault is ours', () => {
    const page = shown(stopped({ actor: 'operator', code: 'invalid_client' }));
    expect(page).toMatchObject({ title: 'You do not have to do anything', button: null });
  });

  it.each([
    ['works', {}, 'Your calendar is connected'],
    ['was disconnected', { authStatus: 'disconnected' }, 'This calendar was disconnected'],
    ['is about to end', { authorizationEndsAt: ENDS_AT }, 'Renew the connection of your calendar'],
  ] as const)('of an account that %s says so, and still leads to the consent', (_name, state, title) => {
    expect(shown(state)).toMatchObject({ title, button: { url: CONSENT_URL } });
  });

  it.each([
    ['en', /on Wednesday,? 10 March 2027/],
    ['de', /am Mittwoch, 10\. März 2027/],
  ] as const)('names the day of the end as people write it: %s', (language, day) => {
    expect(textOf(shown({ authorizationEndsAt: ENDS_AT }, language))).toMatch(day);
  });

  it.each(LANGUAGES)('speaks no code of ours or of Google: %s', (language) => {
    const states = [stopped({}), stopped({ actor: 'admin', reason: 'invalid_rapt' }), {}];
    for (const state of states)
      expect(textOf(shown(state, language))).not.toMatch(/invalid_|token|OAuth|scope|undefined/i);
  });

  it('says what to do with a link that does not work', () => {
    expect(badLinkPage(messagesIn('en'))).toMatchObject({
      title: 'This link does not work any more',
      button: null,
    });
    expect(textOf(badLinkPage(messagesIn('de')))).toContain('neueren E-Mail');
  });
});

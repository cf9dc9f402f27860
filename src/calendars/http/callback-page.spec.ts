import { describe, expect, it } from '@jest/globals';
import { aCalendar } from '../../../test/support/a-calendar.js';
import { aConnection } from '../../../test/support/a-connection.js';
import { aFailure } from '../../../test/support/a-failure.js';
import { messagesIn } from '../../messages/messages-in.js';
import { AccountMismatch, ProviderUnavailable } from '../../oauth/oauth.errors.js';
import { ValidationFailed, type AppError } from '../../shared/app-error.js';
import type { HtmlPage } from '../../shared/html-page.js';
import { ConsentRefused, ConsentUnanswered, ConsentUseless } from '../calendar.errors.js';
import { connectedPage, failedPage } from './callback-page.js';

const EN = messagesIn('en');
const AGAIN = 'https://book.example.com/api/oauth/google/reauthorize?link=signed';
const OVER = ValidationFailed.of('state', 'unknown');
const OURS = new ConsentUnanswered(aFailure({ category: 'provider_misconfigured' }));

const failed = (problem: AppError, againUrl: string | null = AGAIN, messages = EN): HtmlPage =>
  failedPage(problem, messages, againUrl, 'request-1');
const textOf = ({ paragraphs }: HtmlPage): string => paragraphs.join(' ');

describe('the page after a consent', () => {
  it.each([
    ['en', 'ada@example.com is connected with 1 calendar.'],
    ['de', 'ada@example.com ist mit 1 Kalender verbunden.'],
  ] as const)('says that it worked, and that nothing is left to do: %s', (language, text) => {
    const account = { connection: aConnection(), calendars: [aCalendar()] };
    const page = connectedPage(account, messagesIn(language));
    expect(page).toMatchObject({ language, button: null });
    expect(textOf(page)).toContain(text);
  });

  it('promises the calendars when they could not be listed just now', () => {
    const page = connectedPage({ connection: aConnection(), calendars: [] }, EN);
    expect(textOf(page)).toContain('will appear within a few minutes');
  });

  it.each([
    ['it was cancelled', new ConsentRefused('access_denied'), /cancelled at Google/],
    ['boxes were left unticked', ConsentUseless.missingScopes(['a-scope']), /tick all the boxes/],
    ['an administrator forbids it', new ConsentRefused('admin_policy_enforced'), /Ask the administrator/],
    ['F66: another account was chosen', new AccountMismatch('connection-1'), /choose the right account/],
    ['Google does not answer', new ProviderUnavailable(aFailure()), /Wait a few minutes/],
    ['F14: Google gave nothing lasting', ConsentUseless.noRefreshToken(), /did not complete/],
  ] as const)('says what to do when %s, and lets the person start again', (_name, problem, words) => {
    const page = failed(problem);
    expect(page.title).toBe('Your calendar is not connected');
    expect(textOf(page)).toMatch(words);
    expect(page.button).toEqual({ label: 'Start again', url: AGAIN });
    expect(page.note).toContain('request-1');
  });

  it('does not claim that nothing is connected when it was loaded again', () => {
    const page = failed(OVER);
    expect(page.title).toBe('This attempt is over');
    expect(textOf(page)).toContain('If your calendar is connected by now, there is nothing to do.');
  });

  it('says where to start again when that cannot be done from here', () => {
    const page = failed(OVER, null);
    expect(page.button).toBeNull();
    expect(textOf(page)).toContain('go back to where you came from');
  });

  it.each([[AGAIN], [null]])('asks nobody to start again when the fault is ours', (againUrl) => {
    const page = failed(OURS, againUrl);
    expect(page.button).toBeNull();
    expect(textOf(page)).toContain('The fault is on our side.');
    expect(textOf(page)).not.toContain('start again');
  });

  it('speaks German where that is asked for', () => {
    const page = failed(new ConsentRefused('access_denied'), AGAIN, messagesIn('de'));
    expect(page).toMatchObject({ language: 'de', button: { label: 'Neu beginnen' } });
    expect(textOf(page)).toContain('bei Google abgebrochen');
  });

  it('never names a permission by its address', () => {
    expect(textOf(failed(ConsentUseless.missingScopes(['https://www.googleapis.com/auth/x'])))).not.toContain(
      'googleapis',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { aBooking } from '../../test/support/a-booking.js';
import { aCalendar } from '../../test/support/a-calendar.js';
import { aConfiguration } from '../../test/support/a-configuration.js';
import { MailBench } from '../../test/support/mail-bench.js';

const DAY = 86_400_000;

/** Something that depends on the account. */
function booked(bench: MailBench, names: readonly string[] = ['Consultation']): void {
  bench.calendars.given(aCalendar());
  for (const name of names) bench.configurations.given(aConfiguration({ id: name, name }));
  bench.bookings.given(aBooking({ status: 'confirmed' }));
}

describe('an e-mail to an owner', () => {
  it('says what happened, what depends on it and what to do, with one link, as text and as HTML', async () => {
    const bench = new MailBench();
    booked(bench);
    await bench.stop();
    await bench.pass(0);
    const { to, subject, text, html } = bench.last();
    expect(to).toBe('ada@example.com');
    expect(subject).toBe('Please reconnect your calendar: ada@example.com');
    for (const part of [
      'Acme Dental',
      'Google does not accept our authorization',
      '“Consultation”',
      '1 appointment is coming up in this calendar. It stays as it is',
      '15 March 2027',
    ])
      for (const form of [text, html]) expect(form).toContain(part);
    expect(html.match(/href="/g)).toHaveLength(1);
    expect(html).not.toMatch(/<img|<link|<script|url\(|src=/i);
  });

  it('is German where the workspace is', async () => {
    const bench = new MailBench({ language: 'de' });
    booked(bench);
    await bench.stop();
    await bench.pass(3 * DAY);
    const { subject, text, html } = bench.last();
    expect(subject).toBe('Erinnerung: Bitte verbinden Sie Ihren Kalender neu: ada@example.com');
    expect(text).toContain('8. März 2027 ist die Verbindung');
    expect(html).toContain('<html lang="de">');
  });

  it('says so when it is the last', async () => {
    const bench = new MailBench();
    await bench.stop();
    await bench.pass(7 * DAY);
    expect(bench.last().text).not.toContain('last time');
    await bench.pass(7 * DAY);
    expect(bench.last().text).toContain('This is the last time that we remind you.');
  });

  it('names a few of many configurations, and counts the rest', async () => {
    const bench = new MailBench();
    booked(bench, ['A', 'B', 'C', 'D', 'E', 'F', 'G']);
    await bench.stop();
    await bench.pass(0);
    expect(bench.last().text).toContain('“E”, and 2 others.');
    expect(bench.last().text).not.toContain('“F”');
  });

  it('says when nothing depends on the account', async () => {
    const bench = new MailBench();
    await bench.stop();
    await bench.pass(0);
    expect(bench.last().text).toContain('No appointments depend on this calendar');
  });

  it('shows names as they are, and never as HTML or as links', async () => {
    const bench = new MailBench({ name: '<b>Acme</b> https://evil.example.com "' });
    await bench.stop();
    await bench.pass(0);
    expect(bench.last().html).not.toContain('<b>Acme');
    expect(bench.last().html).not.toContain('href="https://evil');
    expect(bench.last().text).toContain('<b>Acme</b>');
  });
});

describe.each([
  ['F03', 'user', { code: 'invalid_grant', reason: 'invalid_rapt' }, 'Google Cloud session control'],
  ['F07', 'admin', { code: 'admin_policy_enforced' }, 'third-party apps'],
] as const)('what an administrator has to change (%s)', (_fault, actor, error, words) => {
  it('is told the administrator of the workspace, as is the recovery', async () => {
    const bench = new MailBench({ adminEmail: 'admin@example.com' });
    await bench.stop(actor, error);
    await bench.pass(0);
    expect(bench.last().to).toBe('admin@example.com');
    expect(bench.last().text).toContain(words);
    expect(bench.last().text).toContain('client ID: client');
    await bench.recover();
    await bench.pass(0);
    expect(bench.last()).toMatchObject({
      to: 'admin@example.com',
      subject: 'Your calendar is connected again: ada@example.com',
    });
  });

  it('is told the owner where there is no administrator', async () => {
    const bench = new MailBench();
    await bench.stop(actor, error);
    await bench.pass(0);
    expect(bench.last()).toMatchObject({ to: 'ada@example.com', text: expect.stringContaining(words) });
  });
});

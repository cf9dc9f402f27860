import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ParsedMail } from 'mailparser';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import {
  DESKTOP,
  keepPicture,
  NO_BROWSER,
  noteComplaints,
  PHONE,
  seriousFindings,
  startBrowser,
} from '../support/browser.js';
import { ConsentFlow } from '../support/consent-flow.js';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { control, type World } from '../support/world.js';

if (NO_BROWSER !== null) console.log(NO_BROWSER);
const described = NO_BROWSER === null ? describe : describe.skip;

const NEVER = '0 0 29 2 *';
const GERMAN = { locale: 'de-DE' };

/** What people see who are no engineers: the e-mail, the page behind its link, and where the consent ends. */
described('the way from an e-mail to a working account, in a browser', () => {
  let mailServer: MailServer;
  let bench: FaultBench;
  let browser: Browser;
  let world: World;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    mailServer = await startMailServer();
    const env = {
      SMTP_URL: `smtp://127.0.0.1:${mailServer.port}`,
      MAIL_FROM: 'Slotkeeper <slots@example.com>',
      SCHEDULER_ENABLED: 'true',
      HEALTH_CHECK_CRON: NEVER,
      TOKEN_REFRESH_CRON: NEVER,
      CLEANUP_CRON: NEVER,
      RECONCILE_CRON: NEVER,
    };
    [bench, browser] = await Promise.all([FaultBench.start(env), startBrowser()]);
    world = await bench.world({ accounts: 2 });
  });

  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    expect(complaints.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
    await mailServer?.close();
  });

  async function aPage(options: object = {}): Promise<Page> {
    const context = await browser.newContext({ ...DESKTOP, ...options });
    context.setDefaultTimeout(10_000);
    contexts.push(context);
    const page = await context.newPage();
    noteComplaints(page, complaints);
    return page;
  }

  /** Readable in light and dark, on a desk and on a phone; a picture of each is kept. */
  async function look(page: Page, name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const findings = await seriousFindings(page, 'all');
      expect([name, colorScheme, findings]).toEqual([name, colorScheme, []]);
      for (const [device, { viewport }] of [
        ['desktop', DESKTOP],
        ['phone', PHONE],
      ] as const) {
        await page.setViewportSize(viewport);
        const overhang = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([name, device, overhang]).toEqual([name, device, 0]);
        await keepPicture(page, `${name}-${device}-${colorScheme}`, 'public-pages');
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(DESKTOP.viewport);
  }

  /** A page of ours: its heading is what is read first, and there is one thing to do at most. */
  async function expectPage(page: Page, title: string, buttons: number): Promise<void> {
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    expect(await page.getByRole('link').count()).toBe(buttons);
    expect(await page.evaluate('document.scripts.length')).toBe(0);
  }

  async function stopped(index: number): Promise<ParsedMail> {
    const { id, account } = nth(world.connections, index);
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
    await bench.expire(id);
    const before = mailServer.taken.length;
    await bench.availability(world);
    await until(() => mailServer.taken.length > before);
    return nth(mailServer.taken, before);
  }

  it('leads through in German: e-mail, page, consent at Google, and the end', async () => {
    await bench.service.call('PATCH', `/api/admin/workspaces/${world.workspaceId}`, {
      body: { language: 'de' },
    });
    const { id, account } = nth(world.connections, 1);
    const mail = await stopped(1);
    const page = await aPage(GERMAN);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.setContent(String(mail.html));
    expect(requests).toEqual([]);
    expect(await page.getAttribute('html', 'lang')).toBe('de');
    await page.getByRole('heading', { name: 'Was zu tun ist' }).waitFor();
    await look(page, 'mail-de');

    await page.getByRole('link', { name: `${account} neu verbinden` }).click();
    await expectPage(page, 'Verbinden Sie Ihren Kalender neu', 1);
    expect(await page.getByText(account).count()).toBeGreaterThan(0);
    await look(page, 'reauthorize-de');
    expect((await bench.connection(id)).auth_status).toBe('needs_reauth');

    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Weiter zu Google');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: account }).click();
    await expectPage(page, 'Ihr Kalender ist verbunden', 0);
    await look(page, 'connected-de');
    expect((await bench.connection(id)).auth_status).toBe('active');
  });

  it('says what went wrong at Google, and starts again where that helps', async () => {
    const page = await aPage();
    const { id } = nth(world.connections, 1);
    const flow = new ConsentFlow(bench, world.key);
    const path = await flow.consent({ connection_id: id }, { deny: true });
    await page.goto(bench.service.url + path);
    await expectPage(page, 'Your calendar is not connected', 1);
    await page.getByText('The consent was cancelled at Google').waitFor();
    await look(page, 'cancelled-en');
    await page.getByRole('link', { name: 'Start again' }).click();
    await expectPage(page, 'Your calendar is connected', 1);
  });

  it('tells what to do with a link that is too old, broken or forged, and repeats nothing of it', async () => {
    const page = await aPage();
    const answer = await page.goto(
      `${bench.service.url}/api/oauth/google/reauthorize?link=%3Cscript%3Ealert(1)%3C/script%3E`,
    );
    expect(answer?.status()).toBe(400);
    expect(answer?.headers()).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    await expectPage(page, 'This link does not work any more', 0);
    expect(await page.content()).not.toContain('alert(1)');
    await look(page, 'bad-link-en');
  });

  it('reads the same in English', async () => {
    await bench.service.call('PATCH', `/api/admin/workspaces/${world.workspaceId}`, {
      body: { language: 'en' },
    });
    const page = await aPage();
    await page.setContent(String((await stopped(0)).html));
    await page.getByRole('heading', { name: 'What to do' }).waitFor();
    await look(page, 'mail-en');
    await page.getByRole('link', { name: /^Reconnect/ }).click();
    await expectPage(page, 'Reconnect your calendar', 1);
    await look(page, 'reauthorize-en');
  });
});

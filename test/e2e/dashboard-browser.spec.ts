import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { JobView } from '../../dashboard/src/api/views.js';
import {
  DESKTOP,
  keepPicture,
  NO_BROWSER,
  noteComplaints,
  PHONE,
  seriousFindings,
  startBrowser,
} from '../support/browser.js';
import { fillEstate } from '../support/estate.js';
import { FaultBench, nth } from '../support/fault-bench.js';
import { ADMIN_KEY } from '../support/service.js';
import { control, type World } from '../support/world.js';

if (NO_BROWSER !== null) console.log(NO_BROWSER);
const described = NO_BROWSER === null ? describe : describe.skip;

const THEMES = ['light', 'dark'] as const;
const LOOKS = [
  ['desktop', DESKTOP],
  ['phone', PHONE],
] as const;

/** The pages of the dashboard as people use them, in a real browser. */
described('the dashboard in a browser', () => {
  let bench: FaultBench;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [bench, browser] = await Promise.all([FaultBench.start(), startBrowser()]);
    context = await browser.newContext({
      ...DESKTOP,
      // Colours that are on their way from one theme to the other would be measured.
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    noteComplaints(page, complaints);
  });

  afterEach(() => {
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await bench?.stop();
  });

  const addressOf = (path: string): string => `${bench.service.url}/dashboard${path}`;
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });

  /** In both themes, on a desk and on a phone, without serious findings; a picture of each is kept. */
  async function look(path: string, name: string): Promise<void> {
    if (path !== '') await page.goto(addressOf(path));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Loading').first().waitFor({ state: 'detached' });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      // Between the themes nothing differs but colours.
      const findings = await seriousFindings(page, theme === 'light' ? 'all' : 'color-contrast');
      expect([name, theme, findings]).toEqual([name, theme, []]);
      for (const [device, { viewport }] of LOOKS) {
        await page.setViewportSize(viewport);
        const overhang = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([name, device, overhang]).toEqual([name, device, 0]);
        await keepPicture(page, `${name}-${device}-${theme}`);
      }
      await page.setViewportSize(DESKTOP.viewport);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }

  it('refuses a wrong key, lets the right one in, and says what to do first', async () => {
    await page.goto(addressOf('/'));
    await look('', 'sign-in');
    const key = page.getByLabel('Admin key');
    await key.fill('not-the-admin-key');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the admin key.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('admin-key');
    await key.fill(ADMIN_KEY);
    await page.keyboard.press('Enter');
    await page.getByText('Nothing to look after yet').waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await look('', 'overview-empty');
    await page.goto(addressOf('/workspaces'));
    await page.getByText('There are no workspaces yet.').waitFor();
  });

  let world: World;

  it('is calm when everything can be read', async () => {
    world = await bench.world({ accounts: 2 });
    await page.goto(addressOf('/'));
    await page.getByRole('button', { name: 'Check all now' }).click();
    await page.getByText('Checked 2 calendars: all can be read.').first().waitFor();
    await page.getByText('All 2 calendars can be read.').first().waitFor();
    await look('', 'overview-healthy');
  });

  it('leads from ten thousand calendars to the one that fails, and shows it healthy again', async () => {
    await fillEstate(bench.db, { workspaces: 100, calendars: 10_000 });
    const { id, account } = nth(world.connections, 1);
    await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
    await bench.service.call('POST', `/api/connections/${id}/refresh`, { key: world.key });

    await page.goto(addressOf('/calendars'));
    await page.getByLabel('Search by calendar, account or workspace').fill(account);
    await page.getByText('1 calendar found.').first().waitFor({ state: 'attached' });
    const found = row(account);
    await found.getByText('Failing').waitFor();
    await found.getByText('Authorization expired').waitFor();
    await found.getByRole('button', { name: `Copy link to re-authorize ${account}` }).click();
    await found.getByText('Copied').waitFor();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toContain('/reauthorize?link=');

    await found.getByRole('link', { name: 'World' }).click();
    await heading(/^World/).waitFor();
    await page.getByText('1 of 2 calendars cannot be read.').first().waitFor();
    await page.evaluate('window.isSamePage = true');

    const person = await context.newPage();
    await person.goto(link);
    await person.getByRole('link', { name: 'Continue to Google' }).click();
    await person.getByRole('button', { name: account }).click();
    await person.getByText('connected').first().waitFor();
    await person.close();

    // What all pages share is made anew every few seconds; on a busy machine, after some more.
    await row(account).getByText('Healthy').waitFor({ timeout: 30_000 });
    await page.getByText('No calendar fails.').first().waitFor();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Checked 2 calendars: all can be read.').first().waitFor();
    expect(await page.evaluate('window.isSamePage')).toBe(true);
  });

  it('finds, filters, sorts and pages through ten thousand calendars', async () => {
    await page.goto(addressOf('/calendars'));
    await page.getByText('1–50 of 10,002').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('51–100 of 10,002').waitFor();
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('1–50 of 10,002').waitFor();
    await page.getByRole('radio', { name: /^Failing/ }).check();
    await page.getByText('40 calendars found.').waitFor({ state: 'attached' });
    expect(await page.getByRole('row').count()).toBe(41);
    await page.getByRole('radio', { name: /^All/ }).check();
    await page.getByRole('button', { name: 'Calendar', exact: true }).click();
    await row('Room 1 of doctor1').first().waitFor();
    expect(await page.getByRole('columnheader', { name: 'Calendar' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    await page.getByLabel('Search by calendar, account or workspace').fill('nobody at all');
    await page.getByText('No calendars match.').waitFor();
  });

  it('has no serious finding on any page, in either theme, and fits a phone', async () => {
    await page.goto(addressOf('/jobs'));
    await page.getByRole('heading', { level: 2, name: 'health-check' }).waitFor();
    await page.route('**/api/admin/jobs', (route) => route.fulfill({ json: { items: JOBS } }));
    await look('/', 'overview-full');
    await look('/workspaces', 'workspaces');
    await look('/calendars', 'calendars');
    await look('/jobs', 'jobs');
    const { rows } = await bench.db.query<{ id: string; workspace_id: string }>(
      `SELECT id, workspace_id FROM calendars WHERE health_status = 'unhealthy' ORDER BY name LIMIT 1`,
    );
    await look(`/workspaces/${nth(rows, 0).workspace_id}`, 'workspace');
    await look(`/calendars/${nth(rows, 0).id}`, 'calendar');
    await look('/nowhere', 'not-found');
  });

  it('can be used with the keyboard alone', async () => {
    await page.goto(addressOf('/'));
    await heading('Overview').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    for (const name of ['Slotkeeper', 'Overview', 'Workspaces']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe(name);
    }
    await page.keyboard.press('Enter');
    await heading('Workspaces').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Workspaces');
    await page.keyboard.press('Tab');
    await page.keyboard.type('doctor42@');
    await page.getByRole('row').nth(2).waitFor({ state: 'detached' });
    const name = (await page.getByRole('rowheader').textContent()) ?? '';
    for (let n = 0; n < 30; n += 1) {
      if ((await page.evaluate('document.activeElement.textContent')) === name) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await heading(name).waitFor();
  });

  it('keeps itself up to date, and gets a steady answer as an empty 304', async () => {
    const asked: number[] = [];
    page.on('response', (answer) => {
      if (answer.url().includes('/api/admin/calendar-health/overview')) asked.push(answer.status());
    });
    await page.goto(addressOf('/'));
    await heading('Overview').waitFor();
    await page.waitForResponse((answer) => answer.status() === 304, { timeout: 15_000 });
    expect(asked[0]).toBe(200);
  });

  it('signs out, and keeps nothing', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin key').waitFor();
    await page.goto(addressOf('/workspaces'));
    await page.getByLabel('Admin key').waitFor();
    expect(await context.cookies()).toEqual([]);
  });
});

/** So many minutes from now. */
const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

const RUN = {
  scheduled_at: at(-185),
  started_at: at(-185),
  finished_at: at(-184),
  duration_ms: 64_210,
  instance: 'slots-1:4711',
  result: 'ok',
  detail: '10,002 checked, 40 failing',
} as const;

const FAILED = { ...RUN, result: 'failed', detail: 'The database could not be reached.' } as const;

const JOBS: readonly JobView[] = [
  { name: 'health-check', cron: '0 6 * * *', last_run: RUN, next_run_at: at(1255), recent_runs: [RUN] },
  {
    name: 'token-refresh',
    cron: '*/5 * * * *',
    last_run: FAILED,
    next_run_at: at(4),
    recent_runs: [FAILED, RUN],
  },
  { name: 'cleanup', cron: '30 3 * * *', last_run: null, next_run_at: null, recent_runs: [] },
];

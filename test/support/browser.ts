import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const ARTIFACTS = new URL('../../test-artifacts/', import.meta.url).pathname;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Null when there is one; else why pages are not tested here. */
export const NO_BROWSER = existsSync(CHROMIUM)
  ? null
  : `There is no ${CHROMIUM}: pages are not tested. Install Debian's package chromium to test them.`;

/** A real Chromium that talks to nobody but the pages it is shown. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Adds to `complaints` whatever the browser says is wrong with the page. */
export function noteComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // An answer with a status of its own is told by the page; the browser repeats each of them here.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
}

export const DESKTOP = { viewport: { width: 1280, height: 1000 } } as const satisfies BrowserContextOptions;
export const PHONE = {
  viewport: { width: 360, height: 1000 },
  hasTouch: true,
  isMobile: true,
} as const satisfies BrowserContextOptions;

interface AxeFinding {
  readonly id: string;
  readonly impact?: string | null;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
}

/** Rows of a long table, of which the first ones are looked at. */
const ALIKE = 'tbody tr:nth-child(n + 4)';

/** What axe-core finds serious, in words; by one of its rules, or by all. The page's policy lets no script in; the debugger is not bound by it. */
export async function seriousFindings(page: Page, rule: string): Promise<string[]> {
  await page.evaluate(AXE);
  const options = rule === 'all' ? {} : { runOnly: [rule] };
  const found = await page.evaluate<readonly AxeFinding[]>(
    `axe.run({ exclude: ['${ALIKE}'] }, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${String(target)}: ${failureSummary}`),
    );
}

/** For people to look at; not compared. */
export async function keepPicture(page: Page, name: string, folder = 'dashboard'): Promise<void> {
  mkdirSync(ARTIFACTS + folder, { recursive: true });
  await page.screenshot({ path: `${ARTIFACTS}${folder}/${name}.png` });
}

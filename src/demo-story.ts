import { DemoClient } from './demo-client.js';
import type { DemoService } from './demo-service.js';
import {
  askAgain,
  askFirst,
  askInOutage,
  book,
  bookTaken,
  checkHealth,
  checkMended,
  configure,
  connectAccount,
  createWorkspace,
  findEvent,
  listCalendars,
  reauthorize,
  takeBackConsent,
  type Say,
} from './demo-steps.js';

/** Runs one step under its title, and gives on what it found out. */
export type RunStep = <T>(title: string, act: (say: Say) => Promise<T>) => Promise<T>;

const ADA = 'ada@example.com';
const GRACE = 'grace@example.com';

/** The main job from an empty database to a booking, through an outage and out of it again. */
export async function tellStory(step: RunStep, start: (say: Say) => Promise<DemoService>): Promise<void> {
  const service = await step('Start the service with its own Postgres and a stand-in for Google', start);
  const operator = new DemoClient(service.url, service.adminKey);
  const google = new DemoClient(service.sandboxUrl);

  const workspace = await step('Create a workspace', createWorkspace(operator));
  const acme = new DemoClient(service.url, workspace.api_key);
  const ada = await step('Ada connects her Google account', connectAccount(acme, ADA));
  const grace = await step('Grace connects hers', connectAccount(acme, GRACE));
  const calendars = await step('List their calendars', listCalendars(acme, [ada, grace]));
  const path = await step('Offer appointments over five of them', configure(acme, calendars, { ada, grace }));

  const day = await step('Ask who is free', askFirst(acme, path));
  await step('Grace takes back her consent, at Google', takeBackConsent(google, GRACE));
  const [slot] = await step(
    'Ask again: two of the five calendars cannot be read',
    askInOutage(acme, path, day),
  );

  const booking = await step('Book the first free time', book(acme, path, slot));
  await step('Somebody else wants the same time', bookTaken(acme, path, slot));
  await step("Look into Ada's Google calendar", findEvent(google, ADA, booking, slot));

  const link = await step('Check all connections', checkHealth(operator, workspace, GRACE));
  await step('Grace opens her link and consents again', reauthorize(acme, link, grace));
  await step('Ask a last time', askAgain(acme, path, slot));
  await step('Check all connections again', checkMended(operator, workspace));
}

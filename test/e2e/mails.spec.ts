import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ParsedMail } from 'mailparser';
import { FaultBench, nth, until } from '../support/fault-bench.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import type { Service } from '../support/service.js';
import { control, type World } from '../support/world.js';

const NEVER = '0 0 29 2 *';
const OPERATOR = 'operator@example.com';
const LIMIT_MS = 120_000;

/** Its own service answers, and leaves the queue to two others. */
let bench: FaultBench;
let workers: Service[];
let mailServer: MailServer;
let world: World;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  mailServer = await startMailServer();
  env = {
    SMTP_URL: `smtp://127.0.0.1:${mailServer.port}`,
    MAIL_FROM: 'Slotkeeper <slots@example.com>',
    OPERATOR_EMAIL: OPERATOR,
    SCHEDULER_ENABLED: 'true',
    HEALTH_CHECK_CRON: NEVER,
    TOKEN_REFRESH_CRON: NEVER,
    CLEANUP_CRON: NEVER,
    RECONCILE_CRON: NEVER,
  };
  bench = await FaultBench.start();
  workers = await Promise.all([bench.another(env), bench.another(env)]);
}, LIMIT_MS);

beforeEach(async () => {
  world = await bench.world({ accounts: 2 });
});

afterEach(async () => {
  await bench.heal();
  await bench.db.query('DELETE FROM operator_alerts');
  mailServer.muted = false;
  mailServer.refusesWith = null;
});

afterAll(async () => {
  await bench?.stop();
  await mailServer?.close();
});

const addressee = (mail: ParsedMail): string => [mail.to].flat()[0]?.text ?? '';
const to = (email: string): ParsedMail[] => mailServer.taken.filter((mail) => addressee(mail) === email);
const came = (email: string, count: number): Promise<void> => until(() => to(email).length >= count);
const connection = (index = 1) => nth(world.connections, index);

async function stop({ id, account }: World['connections'][number]): Promise<void> {
  await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account });
  await bench.expire(id);
  await Promise.all(Array.from({ length: 10 }, () => bench.availability(world)));
}

/** What would happen later happens now. */
async function due(step: string, connectionId = connection().id): Promise<void> {
  await bench.db.query('UPDATE mails SET due_at = now() WHERE connection_id = $1 AND step = $2', [
    connectionId,
    step,
  ]);
  await bench.db.query(
    `UPDATE graphile_worker._private_jobs SET run_at = now()
     WHERE key IN (SELECT 'mail/' || episode || '/' || step FROM mails WHERE connection_id = $1 AND step = $2)`,
    [connectionId, step],
  );
}

async function statuses(connectionId = connection().id): Promise<Record<string, string>> {
  const { rows } = await bench.db.query<{ step: string; status: string }>(
    'SELECT step, status FROM mails WHERE connection_id = $1',
    [connectionId],
  );
  return Object.fromEntries(rows.map(({ step, status }) => [step, status]));
}

const becomes = (step: string, status: string): Promise<void> =>
  until(async () => (await statuses())[step] === status);

const linkIn = (mail: ParsedMail): string =>
  /https?:\S+\/api\/oauth\/google\/reauthorize\?link=\S+/.exec(mail.text ?? '')?.[0] ?? '';

/** What the person does: opens the link, presses the button, allows the access at Google, and comes back. */
async function reauthorize(mail: ParsedMail, account: string): Promise<string[]> {
  const browser = { key: null, headers: { Accept: 'text/html', 'Accept-Language': 'de' } };
  const { pathname, search } = new URL(linkIn(mail));
  const page = await bench.service.call('GET', pathname + search, browser);
  const button = new URL(
    /class="button" href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '',
  );
  const consent = await bench.service.call('GET', button.pathname + button.search, browser);
  const authorizationUrl = consent.headers.get('location');
  const back = await control(bench.google, 'POST', '/sandbox/consent', {
    authorization_url: authorizationUrl,
    account,
  });
  const { pathname: path, search: query } = new URL(String(back['redirect_url']));
  const end = await bench.service.call('GET', path + query, browser);
  return [page.body, end.body];
}

describe('an e-mail about an account that stopped', () => {
  it(
    'reaches its owner once, says what depends on it, and its link mends it; then they hear that it works again',
    async () => {
      const { id, account } = connection();
      await stop(connection());
      await came(account, 1);
      const first = nth(to(account), 0);
      expect(first.from?.text).toContain('slots@example.com');
      expect(first.subject).toBe(`Please reconnect your calendar: ${account}`);
      expect(first.headers.get('auto-submitted')).toBe('auto-generated');
      for (const form of [first.text, String(first.html)]) {
        expect(form).toContain('Consultation');
        expect(form).toContain('/api/oauth/google/reauthorize?link=');
      }
      expect(String(first.html)).not.toMatch(/<img|src=/i);
      await becomes('stopped', 'sent');
      expect(await statuses()).toEqual({
        stopped: 'sent',
        reminder_3: 'planned',
        reminder_7: 'planned',
        reminder_14: 'planned',
      });

      const calls = bench.google.state.requests.count({ account });
      const opened = await bench.service.call(
        'GET',
        new URL(linkIn(first)).pathname + new URL(linkIn(first)).search,
        {
          key: null,
          headers: { Accept: 'text/html' },
        },
      );
      expect(opened).toMatchObject({ status: 200 });
      expect(opened.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(bench.google.state.requests.count({ account })).toBe(calls);

      const [page, end] = await reauthorize(first, account);
      expect(page).toContain('<html lang="de">');
      expect(end).toContain('<html lang="de">');
      expect((await bench.connection(id)).auth_status).toBe('active');
      await came(account, 2);
      expect(nth(to(account), 1).subject).toBe(`Your calendar is connected again: ${account}`);
      await until(async () => (await statuses())['reminder_14'] === 'cancelled');
      expect(await statuses()).toMatchObject({ reminder_3: 'cancelled', reminder_7: 'cancelled' });
      expect(to(account)).toHaveLength(2);
    },
    LIMIT_MS,
  );

  it(
    'comes also when an instance was started that cannot send any',
    async () => {
      const { SMTP_URL: _server, OPERATOR_EMAIL: _operator, ...silent } = env;
      await (await bench.another(silent)).stop();
      await stop(connection());
      await came(connection().account, 1);
    },
    LIMIT_MS,
  );

  it(
    'is followed by reminders with links of their own, each once',
    async () => {
      const { account } = connection();
      await stop(connection());
      await came(account, 1);
      for (const [index, step] of ['reminder_3', 'reminder_7', 'reminder_14'].entries()) {
        await due(step);
        await came(account, index + 2);
        await becomes(step, 'sent');
      }
      const mails = to(account);
      expect(mails.map(({ messageId }) => messageId)).toHaveLength(
        new Set(mails.map((m) => m.messageId)).size,
      );
      expect(nth(mails, 3).text).toContain('the last time');
      await due('reminder_3');
      await due('stopped');
      expect(await statuses()).toMatchObject({ stopped: 'sent', reminder_3: 'sent' });
      expect(to(account)).toHaveLength(4);
      await reauthorize(nth(mails, 3), account);
      await came(account, 5);
    },
    LIMIT_MS,
  );

  it(
    'waits for a mail server that is away, and is lost by nobody',
    async () => {
      const { port } = mailServer;
      await mailServer.close();
      const { account } = connection();
      await stop(connection());
      const logged = () =>
        workers.flatMap((worker) => worker.log()).some(({ event }) => event === 'mail.put_off');
      await until(logged);
      expect((await statuses())['stopped']).toBe('planned');
      mailServer = await startMailServer(port);
      await due('stopped');
      await came(account, 1);
      await becomes('stopped', 'sent');
      expect(to(account)).toHaveLength(1);
    },
    LIMIT_MS,
  );

  it(
    'that the mail server refuses for good is not sent again, and is an issue of the report',
    async () => {
      mailServer.refusesWith = 550;
      await stop(connection());
      await becomes('stopped', 'failed');
      expect(to(connection().account)).toEqual([]);
      const report = await bench.service.call('GET', '/api/calendar-health', { key: world.key });
      expect(report.body.issues).toContainEqual(
        expect.objectContaining({
          connection_id: connection().id,
          account_email: connection().account,
          message: expect.stringContaining('(550)'),
          reauth_url: expect.stringContaining('/reauthorize?link='),
        }),
      );
    },
    LIMIT_MS,
  );

  it(
    'never goes out twice, also when its sender is killed before it knows that it was taken',
    async () => {
      mailServer.muted = true;
      const { account } = connection();
      await stop(connection());
      await came(account, 1);
      await Promise.all(workers.map((worker) => worker.kill()));
      mailServer.muted = false;
      workers = [await bench.another(env)];
      await becomes('stopped', 'unknown');
      expect(to(account)).toHaveLength(1);
    },
    LIMIT_MS,
  );
});

describe('a fault that only the operator can mend', () => {
  it(
    'F05: is told to the operator once, however many accounts it stops, and to no owner',
    async () => {
      bench.fault({ endpoint: 'token.refresh', effect: 'invalid_client401' });
      for (const { id } of world.connections) await bench.expire(id);
      await Promise.all(Array.from({ length: 5 }, () => bench.availability(world)));
      await came(OPERATOR, 1);
      expect(nth(to(OPERATOR), 0).text).toContain('GOOGLE_CLIENT_ID');
      await bench.availability(world);
      const planned = await bench.count(`mails WHERE connection_id = ANY ($1)`, [
        world.connections.map(({ id }) => id),
      ]);
      expect(planned).toBe(0);
      expect(to(OPERATOR)).toHaveLength(1);
      expect(world.connections.flatMap(({ account }) => to(account))).toEqual([]);
    },
    LIMIT_MS,
  );
});

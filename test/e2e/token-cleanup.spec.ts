import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultBench } from '../support/fault-bench.js';
import type { Answer } from '../support/service.js';
import { control, type World } from '../support/world.js';

const PATH = '/api/admin/calendar-health/cleanup-expired';
const DAY_MS = 86_400_000;

let bench: FaultBench;
let world: World;
let dead: { readonly id: string; readonly account: string };

beforeAll(async () => {
  bench = await FaultBench.start();
  world = await bench.world({ accounts: 2 });
  dead = world.connections[0] ?? { id: '', account: '' };
});

afterAll(() => bench?.stop());

const cleanUp = (body: object = {}): Promise<Answer> => bench.service.call('POST', PATH, { body });

/** Its owner took the access away, so long ago. */
async function die(days: number): Promise<void> {
  await control(bench.google, 'POST', '/sandbox/tokens/revoke', { account: dead.account });
  await bench.service.call('POST', `/api/connections/${dead.id}/refresh`);
  await bench.db.query(
    `UPDATE connections SET last_error = last_error || jsonb_build_object('at',
       (extract(epoch FROM now() - $2 * interval '1 day') * 1000)::bigint) WHERE id = $1`,
    [dead.id, days],
  );
}

const stored = (): Promise<number> =>
  bench.count(`connections WHERE id = $1 AND refresh_token IS NOT NULL`, [dead.id]);

describe('F62: the clean-up of tokens', () => {
  beforeEach(() => die(31));

  it('only tells of them in a dry run, and leaves those alone that have not been dead for long enough', async () => {
    const { status, body } = await cleanUp({ dry_run: true });
    expect(status).toBe(200);
    expect(body).toEqual({
      dry_run: true,
      removed: 0,
      connections: [
        {
          connection_id: dead.id,
          workspace_id: world.workspaceId,
          account_email: dead.account,
          category: 'expired_tokens',
          since: expect.any(String),
        },
      ],
    });
    expect((await cleanUp({ older_than_days: 32 })).body).toMatchObject({ removed: 0, connections: [] });
    expect(await stored()).toBe(1);
  });

  it('removes them, revokes nothing, and a new consent restores the account with all that hangs on it', async () => {
    const answer = await cleanUp();
    expect(answer.body).toMatchObject({
      dry_run: false,
      removed: 1,
      connections: [{ connection_id: dead.id }],
    });
    expect([await stored(), bench.calls('revoke')]).toEqual([0, 0]);

    const since = answer.body.connections[0].since;
    expect(Math.abs(Date.parse(since) - (Date.now() - 31 * DAY_MS))).toBeLessThan(DAY_MS);
    const connection = (await bench.service.call('GET', `/api/connections/${dead.id}`, { key: world.key }))
      .body;
    expect(connection).toMatchObject({
      auth_status: 'needs_reauth',
      last_error: { category: 'missing_tokens', actor: 'user', at: since },
    });
    const { issues } = (await bench.service.call('GET', '/api/calendar-health', { key: world.key })).body;
    expect(issues).toMatchObject([{ connection_id: dead.id, category: 'missing_tokens', since }]);

    const { items } = (await bench.service.call('GET', `/api/admin/audit-log?object_id=${dead.id}`)).body;
    expect(items.at(-1)).toMatchObject({
      actor: 'admin',
      action: 'connection.tokens_removed',
      workspace_id: world.workspaceId,
      request_id: answer.headers.get('x-request-id'),
      outcome: 'done',
    });

    const link = issues[0].reauth_url.replace(bench.service.url, '');
    const { headers } = await bench.service.call('GET', link, { key: null });
    const consent = await control(bench.google, 'POST', '/sandbox/consent', {
      authorization_url: headers.get('location'),
      account: dead.account,
    });
    await bench.service.call('GET', String(consent['redirect_url']).replace(bench.service.url, ''), {
      key: null,
    });
    expect((await bench.availability(world)).body).toMatchObject({
      bookable: true,
      calendar_health: { status: 'healthy', total_calendars: 2 },
    });
  });

  it.each([
    [{ older_than_days: 0 }, 'older_than_days'],
    [{ older_than_days: 1.5 }, 'older_than_days'],
    [{ older_than_days: '30' }, 'older_than_days'],
    [{ dry_run: 'yes' }, 'dry_run'],
    [{ force: true }, 'force'],
  ])('refuses %j and names the field', async (body, field) => {
    expect(await cleanUp(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect(await stored()).toBe(1);
  });

  it('is the admin’s', async () => {
    expect(await bench.service.call('POST', PATH, { key: world.key, body: {} })).toMatchObject({
      status: 403,
    });
  });
});

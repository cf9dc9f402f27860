import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeadTokens } from '../../src/health/dead-tokens.js';
import { PostgresDeadTokens } from '../../src/health/persistence/postgres-dead-tokens.js';
import { InMemoryDeadTokens, type CleanUpCandidate } from '../fakes/in-memory-dead-tokens.js';
import { revokedGrant } from '../support/a-failure.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const DAY_MS = 86_400_000;
const NOW = Date.now();
const LIMIT = NOW - 30 * DAY_MS;

let schema: Schema;
let workspaceId: string;
let otherWorkspace: string;

beforeAll(async () => {
  schema = await connectedSchema();
  workspaceId = await schema.addWorkspace();
  otherWorkspace = await schema.addWorkspace();
});

afterAll(() => schema.drop());

interface Bench {
  readonly tokens: DeadTokens;
  given(candidate: CleanUpCandidate): Promise<void>;
}

function inMemory(): Bench {
  const tokens = new InMemoryDeadTokens();
  return { tokens, given: async (candidate) => tokens.given(candidate) };
}

async function inPostgres(): Promise<Bench> {
  await schema.source.query('DELETE FROM connections');
  return { tokens: new PostgresDeadTokens(schema.source), given: insert };
}

async function insert(candidate: CleanUpCandidate): Promise<void> {
  const { connectionId: id, actor, category, deadSince, hasTokens } = candidate;
  const failure = { ...revokedGrant(), actor, category, at: deadSince, count: 7 };
  await schema.source.query(
    `INSERT INTO connections (id, workspace_id, provider, account_email, auth_status, last_error, access_token,
       refresh_token, token_version, token_expires_at, refresh_lease_until)
     VALUES ($1, $2, 'google', $3, $4, $5, NULL, $6, 3, now(), now() + $7 * interval '1 minute')`,
    [
      id,
      candidate.workspaceId,
      candidate.accountEmail,
      candidate.authStatus,
      JSON.stringify(failure),
      hasTokens ? 'sealed' : null,
      candidate.leased ? 1 : -1,
    ],
  );
  const calendarId = await schema.addCalendar(candidate.workspaceId, id);
  await addBooking(candidate.workspaceId, calendarId, 'confirmed');
  if (candidate.inFlight) await addBooking(candidate.workspaceId, calendarId, 'cancelling');
}

async function addBooking(workspace: string, calendarId: string, status: string): Promise<void> {
  await schema.source.query(
    `INSERT INTO bookings (id, workspace_id, calendar_id, config_name, status, start_at, end_at, timezone, title,
       attendee_email, meeting_type, create_meet_link, event_id)
     VALUES (gen_random_uuid(), $1, $2, 'C', $3, now(), now() + interval '1 hour', 'UTC', 'T', 'pat@example.com', 'online',
       false, gen_random_uuid()::text)`,
    [workspace, calendarId, status],
  );
}

let made = 0;

function aCandidate(differences: Partial<CleanUpCandidate> = {}): CleanUpCandidate {
  made += 1;
  return {
    connectionId: `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    workspaceId,
    accountEmail: `${made}@example.com`,
    category: 'expired_tokens',
    deadSince: LIMIT - DAY_MS,
    authStatus: 'needs_reauth',
    actor: 'user',
    hasTokens: true,
    leased: false,
    inFlight: false,
    ...differences,
  };
}

describe.each<[string, () => Bench | Promise<Bench>]>([
  ['in memory', inMemory],
  ['in Postgres', inPostgres],
])('dead tokens %s', (_, benchOf) => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await benchOf();
  });

  it('are found with what had stopped the connection and since when, the longest dead first, and removed once', async () => {
    const two = aCandidate({ actor: 'admin', category: 'permission_error' });
    const one = aCandidate({ deadSince: LIMIT - 5 * DAY_MS });
    await bench.given(two);
    await bench.given(one);
    const told = [one, two].map(({ connectionId, accountEmail, category, deadSince }) => ({
      connectionId,
      workspaceId,
      accountEmail,
      category,
      deadSince,
    }));
    expect(await bench.tokens.find('all', LIMIT)).toEqual(told);
    expect(await bench.tokens.remove('all', LIMIT)).toEqual(told);
    expect(await bench.tokens.find('all', LIMIT)).toEqual([]);
    expect(await bench.tokens.remove('all', LIMIT)).toEqual([]);
  });

  it.each<[string, Partial<CleanUpCandidate>]>([
    ['of a connection that works', { authStatus: 'active' }],
    ['of one that is not dead for long enough', { deadSince: LIMIT }],
    ['of one that the operator can mend without its owner', { actor: 'operator' }],
    ['of one that mends itself', { actor: 'none' }],
    ['that a refresh is at', { leased: true }],
    ['that a booking under way may need', { inFlight: true }],
    ['that are not there', { hasTokens: false }],
  ])('F62: are none %s', async (_reason, differences) => {
    await bench.given(aCandidate(differences));
    expect(await bench.tokens.find('all', LIMIT)).toEqual([]);
    expect(await bench.tokens.remove('all', LIMIT)).toEqual([]);
  });

  it('are those of one workspace or of all', async () => {
    await bench.given(aCandidate());
    const other = aCandidate({ workspaceId: otherWorkspace });
    await bench.given(other);
    const found = await bench.tokens.remove({ workspaceId: otherWorkspace }, LIMIT);
    expect(found.map(({ connectionId }) => connectionId)).toEqual([other.connectionId]);
    expect(await bench.tokens.find('all', LIMIT)).toHaveLength(1);
  });
});

describe('dead tokens in Postgres', () => {
  it('leave the connection in need of its owner, since when it was, and nothing else changed', async () => {
    const { tokens, given } = await inPostgres();
    const candidate = aCandidate();
    await given(candidate);
    const row = async (): Promise<Record<string, unknown>> => {
      const [only]: Record<string, unknown>[] = await schema.source.query('SELECT * FROM connections');
      return only ?? {};
    };
    const before = await row();
    const counts = 'SELECT (SELECT count(*) FROM calendars) AS c, (SELECT count(*) FROM bookings) AS b';
    const around: unknown = await schema.source.query(counts);
    await tokens.remove('all', LIMIT);
    expect(await row()).toEqual({
      ...before,
      refresh_token: null,
      token_expires_at: null,
      refresh_lease_until: null,
      token_version: 4,
      last_error: expect.objectContaining({
        category: 'missing_tokens',
        code: 'missing_tokens',
        reason: revokedGrant().code,
        actor: 'user',
        needsReauth: true,
        at: candidate.deadSince,
        count: 1,
      }),
    });
    expect(await schema.source.query(counts)).toEqual(around);
  });
});

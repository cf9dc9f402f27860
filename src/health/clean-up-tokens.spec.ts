import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryAuditLog } from '../../test/fakes/in-memory-audit-log.js';
import { InMemoryDeadTokens, type CleanUpCandidate } from '../../test/fakes/in-memory-dead-tokens.js';
import { RecordingMetrics } from '../../test/fakes/recording-metrics.js';
import { RecordActions } from '../audit/record-actions.js';
import { systemJob } from '../shared/author.js';
import { FixedClock } from '../shared/clock.js';
import { RecordingLog } from '../shared/log.js';
import { PageQuery } from '../shared/page.js';
import { CleanUpTokens, type CleanUpWish } from './clean-up-tokens.js';

const NOON = Date.UTC(2027, 2, 10, 12);
const DAY_MS = 86_400_000;
const REQUESTER = { author: systemJob('token-cleanup'), requestId: null };

let tokens: InMemoryDeadTokens;
let audit: InMemoryAuditLog;
let log: RecordingLog;
let cleanUp: CleanUpTokens;

beforeEach(() => {
  const clock = new FixedClock(NOON);
  tokens = new InMemoryDeadTokens();
  audit = new InMemoryAuditLog(clock);
  log = new RecordingLog();
  cleanUp = new CleanUpTokens(tokens, new RecordActions(audit, new RecordingMetrics(), log), clock, log);
});

function aDeadOne(connectionId: string, days: number): CleanUpCandidate {
  return {
    connectionId,
    workspaceId: 'acme',
    accountEmail: `${connectionId}@example.com`,
    category: 'expired_tokens',
    deadSince: NOON - days * DAY_MS,
    authStatus: 'needs_reauth',
    actor: 'user',
    hasTokens: true,
    leased: false,
    inFlight: false,
  };
}

const run = (differences: Partial<CleanUpWish> = {}) =>
  cleanUp.execute({ scope: 'all', olderThanDays: 30, dryRun: false, requester: REQUESTER, ...differences });

async function audited(): Promise<unknown[]> {
  const all = { workspaceId: null, actor: null, action: null, objectId: null, from: null, to: null };
  return [...(await audit.list(all, new PageQuery())).items];
}

describe('a clean-up of dead tokens', () => {
  it('removes what has been dead for longer than the limit, the longest dead first, and only once', async () => {
    tokens.given(
      aDeadOne('younger', 29),
      aDeadOne('just', 30),
      aDeadOne('older', 31),
      aDeadOne('oldest', 90),
    );
    expect(await run()).toMatchObject({
      dryRun: false,
      removed: 2,
      connections: [{ connectionId: 'oldest' }, { connectionId: 'older', deadSince: NOON - 31 * DAY_MS }],
    });
    expect(await run()).toEqual({ dryRun: false, removed: 0, connections: [] });
    expect(await run({ olderThanDays: 29 })).toMatchObject({
      removed: 1,
      connections: [{ connectionId: 'just' }],
    });
  });

  it('tells the audit log and the log of each, and who asked for it', async () => {
    tokens.given(aDeadOne('one', 40), aDeadOne('two', 50));
    await run();
    const entry = {
      action: 'connection.tokens_removed',
      author: REQUESTER.author,
      workspaceId: 'acme',
      outcome: 'done',
    };
    expect(await audited()).toMatchObject([
      { ...entry, objectId: 'two' },
      { ...entry, objectId: 'one' },
    ]);
    expect(log.lines).toMatchObject([
      { event: 'connection.tokens_removed', fields: { connection_id: 'two' } },
      { event: 'connection.tokens_removed', fields: { connection_id: 'one' } },
    ]);
  });

  it('that is only tried changes nothing, and tells what it would remove', async () => {
    tokens.given(aDeadOne('one', 40));
    for (let times = 0; times < 2; times += 1)
      expect(await run({ dryRun: true })).toMatchObject({
        dryRun: true,
        removed: 0,
        connections: [{ connectionId: 'one' }],
      });
    expect([await audited(), log.lines]).toEqual([[], []]);
  });

  it('is of one workspace or of all', async () => {
    tokens.given(aDeadOne('one', 40), { ...aDeadOne('two', 40), workspaceId: 'other' });
    expect(await run({ scope: { workspaceId: 'other' } })).toMatchObject({ removed: 1 });
    expect(await run()).toMatchObject({ connections: [{ connectionId: 'one' }] });
  });
});

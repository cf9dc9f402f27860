import { describe, expect, it } from '@jest/globals';
import { InMemoryAuditLog } from '../../test/fakes/in-memory-audit-log.js';
import { RecordingMetrics } from '../../test/fakes/recording-metrics.js';
import { anAuditEntry } from '../../test/support/an-audit-entry.js';
import { FixedClock } from '../shared/clock.js';
import { RecordingLog } from '../shared/log.js';
import { PageQuery } from '../shared/page.js';
import { objectTypeOf } from './audit-entry.js';
import { RecordActions } from './record-actions.js';

const EVERYTHING = { workspaceId: null, actor: null, action: null, objectId: null, from: null, to: null };

function bench(failure: Error | null = null) {
  const audit = new InMemoryAuditLog(new FixedClock(0));
  let tries = 0;
  if (failure !== null)
    audit.add = () => {
      tries += 1;
      return Promise.reject(failure);
    };
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const written = async () => (await audit.list(EVERYTHING, new PageQuery())).items;
  return { record: new RecordActions(audit, metrics, log), log, metrics, written, tries: () => tries };
}

describe('what has been done', () => {
  it('is written down', async () => {
    const { record, log, written } = bench();
    await record.execute([
      anAuditEntry(),
      anAuditEntry({ action: 'admin.tokens_refreshed', objectId: null }),
    ]);
    expect(await written()).toMatchObject([
      { action: 'booking.cancelled', objectType: 'booking', outcome: 'done' },
      { action: 'admin.tokens_refreshed', objectType: null, objectId: null },
    ]);
    expect(log.lines).toEqual([]);
  });

  it('becomes an error of the log, whole, when it cannot be written; the caller is told nothing of it', async () => {
    const { record, log, metrics } = bench(new Error('the disk is full'));
    const author = { actor: 'key:1', name: 'Booking page' };
    await record.execute([anAuditEntry({ author })]);
    expect(metrics.measured).toEqual(['audit unwritten']);
    const { workspaceId, objectId } = anAuditEntry();
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        event: 'audit.unwritten',
        fields: {
          actor: 'key:1',
          actor_name: 'Booking page',
          workspace_id: workspaceId,
          action: 'booking.cancelled',
          object_type: 'booking',
          object_id: objectId,
          audited_request_id: 'a-request',
          outcome: 'done',
          code: null,
          error: 'Error',
        },
      },
    ]);
  });

  it('leaves no gap when it was refused', async () => {
    const { record, log } = bench(new Error('the disk is full'));
    await record.execute([anAuditEntry({ outcome: 'refused', code: 'conflict' })]);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { outcome: 'refused', code: 'conflict' } }]);
  });

  it('is not tried to be written when the database is away, so that nobody waits for it twice', async () => {
    const { record, log, tries } = bench(new Error('away'));
    await record.execute([anAuditEntry({ outcome: 'failed', code: 'service_unavailable' })]);
    expect(tries()).toBe(0);
    expect(log.lines).toMatchObject([{ level: 'warn', event: 'audit.unwritten' }]);
  });
});

describe('the type of an object', () => {
  it.each([
    ['booking.cancelled', 'booking'],
    ['api_key.issued', 'api_key'],
    ['admin.tokens_refreshed', null],
  ])('of %s is %s', (action, type) => expect(objectTypeOf(action)).toBe(type));
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, refusedClient, revokedGrant } from '../../test/support/a-failure.js';
import { SweepBench } from '../../test/support/sweep-bench.js';
import { Undecryptable } from '../shared/cipher.js';
import { AlreadyRunning } from '../shared/job-lock.js';
import { TOKEN_REFRESH } from './sweep-tokens.js';

const MINUTE_MS = 60_000;

let bench: SweepBench;

beforeEach(() => {
  bench = new SweepBench();
});

describe('a sweep of the tokens', () => {
  it('F62: 1000 tokens of one minute are fresh in the next, by at most 10 calls at once and 25 a second', async () => {
    bench.expiring(1000);
    const startedAt = bench.clock.elapsed();
    const swept = await bench.sweep.execute('all');
    expect(swept).toEqual({ checked: 1000, refreshed: 1000, needsReauth: 0, failed: 0 });
    expect(bench.clock.elapsed() - startedAt).toBeLessThan(MINUTE_MS);
    expect(bench.endpoint.mostAtOnce).toBeLessThanOrEqual(10);
    expect(bench.endpoint.peakPerSecond()).toBeLessThanOrEqual(25);
    expect(bench.sentAgain()).toEqual({});
  });

  it('F62: a slow endpoint is asked at most ten times at once', async () => {
    bench.endpoint.latencyMs = 3000;
    bench.expiring(50);
    await bench.sweep.execute('all');
    expect(bench.endpoint.mostAtOnce).toBe(10);
  });

  it('F62: repeats of calls that fail keep to the pace as well', async () => {
    bench.endpoint.latencyMs = 5;
    bench.expiring(200);
    bench.endpoint.willFail(aFailure(), 600);
    expect(await bench.sweep.execute('all')).toMatchObject({ checked: 200, refreshed: 0, failed: 200 });
    expect(bench.endpoint.refreshes()).toBe(600);
    expect(bench.endpoint.peakPerSecond()).toBeLessThanOrEqual(25);
  });

  it('meets an account that fails once in a run, and goes on to the others', async () => {
    bench.expiring(600);
    bench.endpoint.willFail(revokedGrant());
    expect(await bench.sweep.execute('all')).toEqual({
      checked: 600,
      refreshed: 599,
      needsReauth: 1,
      failed: 0,
    });
    expect(bench.sentAgain()).toEqual({});
  });

  it('goes on after an account whose tokens cannot be decrypted', async () => {
    const ids = bench.expiring(3);
    breakReading(bench, ids[1], new Undecryptable('lost'));
    expect(await bench.sweep.execute('all')).toMatchObject({ checked: 3, refreshed: 2, needsReauth: 1 });
    expect(bench.endpoint.sent).toEqual(['workspace/0', 'workspace/2']);
  });

  it('goes on after a bug, and tells which account met it', async () => {
    const ids = bench.expiring(3);
    breakReading(bench, ids[1], new TypeError('a bug'));
    expect(await bench.sweep.execute('all')).toMatchObject({ checked: 3, refreshed: 2, failed: 1 });
    expect(bench.log.lines.find(({ level }) => level === 'error')).toMatchObject({
      event: 'tokens.refresh_crashed',
      fields: { connection_id: ids[1], error: 'TypeError' },
    });
  });

  it('stops when the database is gone', async () => {
    const ids = bench.expiring(30);
    const outage = Object.assign(new Error('terminating connection'), { code: '57P01' });
    breakReading(bench, ids[0], outage);
    await expect(bench.sweep.execute('all')).rejects.toBe(outage);
    expect(bench.endpoint.refreshes()).toBeLessThan(29);
  });

  it('leaves alone what a request refreshed meanwhile', async () => {
    const ids = bench.expiring(40);
    const sweep = bench.sweep.execute('all');
    await bench.refreshed(ids[39] ?? '');
    expect(await sweep).toEqual({ checked: 40, refreshed: 39, needsReauth: 0, failed: 0 });
    expect(bench.sentAgain()).toEqual({});
  });

  it('leaves alone what stopped meanwhile', async () => {
    const ids = bench.expiring(40);
    const sweep = bench.sweep.execute('all');
    await bench.connections.markNeedsReauth(ids[39] ?? '', 1, revokedGrant());
    expect(await sweep).toEqual({ checked: 40, refreshed: 39, needsReauth: 1, failed: 0 });
    expect(bench.endpoint.sent).not.toContain('workspace/39');
  });

  it('refreshes nothing that has time', async () => {
    bench.expiring(5);
    await bench.sweep.execute('all');
    expect(await bench.sweep.execute('all')).toMatchObject({ checked: 0, refreshed: 0 });
    expect(bench.endpoint.refreshes()).toBe(5);
  });

  it('tells how far it is', async () => {
    bench.expiring(3);
    const seen: number[] = [];
    await bench.sweep.execute('all', { progress: (done) => seen.push(done) });
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('a forced sweep of the tokens', () => {
  it('refreshes each account once, over several batches, although their new tokens end later', async () => {
    bench.expiring(1300);
    expect(await bench.sweep.execute('all', { force: true })).toMatchObject({
      checked: 1300,
      refreshed: 1300,
    });
    expect(bench.sentAgain()).toEqual({});
  });

  it('includes what stopped and what an earlier failure holds back, but nothing disconnected', async () => {
    const [stopped = '', paused = '', disconnected = ''] = bench.expiring(3);
    await bench.connections.markNeedsReauth(stopped, 1, revokedGrant());
    await bench.connections.disconnect(disconnected);
    bench.endpoint.willFail({ ...aFailure(), retryable: false });
    await bench.refreshed(paused).catch(() => undefined);
    expect(await bench.sweep.execute('all')).toMatchObject({ checked: 0 });
    expect(await bench.sweep.execute('all', { force: true })).toMatchObject({ checked: 2, refreshed: 2 });
    const states = await bench.connections.all('all');
    expect(states.map(({ authStatus }) => authStatus)).toEqual(['active', 'active', 'disconnected']);
  });
});

describe('a forced sweep while our OAuth client is refused', () => {
  it('stops nothing whose token still works', async () => {
    bench.expiring(3);
    bench.endpoint.willFail(refusedClient(), 3);
    expect(await bench.sweep.execute('all', { force: true })).toEqual({
      checked: 3,
      refreshed: 0,
      needsReauth: 0,
      failed: 3,
    });
    const states = await bench.connections.all('all');
    expect(states.map(({ authStatus }) => authStatus)).toEqual(['active', 'active', 'active']);
  });
});

describe('a sweep of all tokens', () => {
  it('refreshes also what has time, but asks for nothing that stopped or that a failure holds back', async () => {
    const [fine = '', stopped = '', paused = '', disconnected = ''] = bench.expiring(4);
    await bench.refreshed(fine);
    await bench.connections.markNeedsReauth(stopped, 1, revokedGrant());
    await bench.connections.disconnect(disconnected);
    bench.endpoint.willFail({ ...aFailure(), retryable: false });
    await bench.refreshed(paused).catch(() => undefined);
    const before = bench.endpoint.refreshes();
    expect(await bench.sweep.execute('all', { all: true })).toEqual({
      checked: 3,
      refreshed: 1,
      needsReauth: 1,
      failed: 1,
    });
    expect(bench.endpoint.refreshes() - before).toBe(1);
  });
});

describe('the scope of a sweep', () => {
  const one = { workspaceId: 'one' };

  it('is one workspace or all', async () => {
    bench.expiring(2, 'one');
    bench.expiring(3, 'other');
    expect(await bench.sweep.execute(one)).toMatchObject({ checked: 2, refreshed: 2 });
    expect(await bench.sweep.execute('all')).toMatchObject({ checked: 3, refreshed: 3 });
  });

  it('F62: lets one run at all workspaces, and others at one each', async () => {
    bench.expiring(2, 'one');
    await bench.lock.exclusively(TOKEN_REFRESH, async () => {
      await expect(bench.sweep.execute('all')).rejects.toThrow(AlreadyRunning);
      expect(bench.endpoint.refreshes()).toBe(0);
      expect(await bench.sweep.execute(one)).toMatchObject({ refreshed: 2 });
    });
  });
});

/** Reading the tokens of this account ends in `error`. */
function breakReading({ connections }: SweepBench, broken: string | undefined, error: Error): void {
  const read = connections.tokens.bind(connections);
  connections.tokens = (id) => (id === broken ? Promise.reject(error) : read(id));
}

import { beforeEach, describe, expect, it } from '@jest/globals';
import { Conflict } from '../shared/app-error.js';
import { SequentialIds } from '../shared/ids.js';
import { aConfig } from '../../test/support/a-config.js';
import { InMemoryIdempotencyKeys } from '../../test/fakes/in-memory-idempotency-keys.js';
import type { Answer } from './idempotency-keys.js';
import { OncePerKey, type Work } from './once-per-key.js';

const scope = { workspaceId: 'home' };
const request = { scope, key: 'key', hash: 'book a' };

let keys: InMemoryIdempotencyKeys;
let once: OncePerKey;
let runs: string[];

beforeEach(() => {
  keys = new InMemoryIdempotencyKeys();
  once = new OncePerKey(keys, new SequentialIds(), aConfig({ bookingDeadlineMs: 12_000 }));
  runs = [];
});

const answering = (body: string): Work<string> => ({
  run: async (bookingId) => {
    runs.push(bookingId);
    return { status: 201, body };
  },
});

const refusing: Work<string> = {
  run: async () => {
    throw new Conflict('No.');
  },
};

describe('work under an idempotency key', () => {
  it('runs once and answers every repeat the same', async () => {
    const first = await once.execute(request, answering('first'));
    expect(await once.execute(request, answering('second'))).toEqual(first);
    expect(runs).toHaveLength(1);
  });

  it('runs each time without a key, every time for another booking', async () => {
    const unkeyed = { ...request, key: null };
    expect((await once.execute(unkeyed, answering('first'))).body).toBe('first');
    expect((await once.execute(unkeyed, answering('second'))).body).toBe('second');
    expect(new Set(runs).size).toBe(2);
  });

  it('is refused for another request, and runs for another workspace', async () => {
    await once.execute(request, answering('first'));
    await expect(once.execute({ ...request, hash: 'book b' }, answering('b'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    const elsewhere = { ...request, scope: { workspaceId: 'elsewhere' } };
    expect((await once.execute(elsewhere, answering('elsewhere'))).body).toBe('elsewhere');
  });

  it('is refused while it runs', async () => {
    let finish: (answer: Answer<string>) => void = () => undefined;
    const running = once.execute(request, {
      run: () => new Promise<Answer<string>>((resolve) => (finish = resolve)),
    });
    await expect(once.execute(request, answering('second'))).rejects.toMatchObject({
      code: 'idempotency_in_progress',
      details: { retry_after_seconds: 1 },
    });
    finish({ status: 201, body: 'first' });
    expect((await running).body).toBe('first');
    expect((await once.execute(request, answering('second'))).body).toBe('first');
  });

  it('may run again after a refusal', async () => {
    await expect(once.execute(request, refusing)).rejects.toThrow('No.');
    expect((await once.execute(request, answering('second'))).body).toBe('second');
  });

  it('that was left behind is taken up: what it made is found under the same booking id', async () => {
    const dead = await keys.begin({ workspaceId: 'home', key: 'key', hash: 'book a' }, 'the booking', 0);
    expect(dead).toMatchObject({ state: 'first' });
    const resumed: string[] = [];
    const answer = await once.execute(request, {
      ...answering('run'),
      resume: async (bookingId) => {
        resumed.push(bookingId);
        return { status: 201, body: 'resumed' };
      },
    });
    expect([answer.body, resumed, runs]).toEqual(['resumed', ['the booking'], []]);
  });

  it('that was left behind without having made anything is run, for the booking id it had', async () => {
    await keys.begin({ workspaceId: 'home', key: 'key', hash: 'book a' }, 'the booking', 0);
    const answer = await once.execute(request, { ...answering('run'), resume: async () => null });
    expect([answer.body, runs]).toEqual(['run', ['the booking']]);
  });

  it('keeps its key for longer than the request may last', async () => {
    let leaseMs = 0;
    keys.onBegin = (ms) => (leaseMs = ms);
    await once.execute(request, answering('first'));
    expect(leaseMs).toBeGreaterThan(12_000);
    expect(leaseMs).toBeLessThan(30_000);
  });

  it('of the admin key must say for which workspace', async () => {
    await expect(once.execute({ ...request, scope: 'all' }, answering('x'))).rejects.toMatchObject({
      code: 'validation_failed',
    });
    expect(runs).toEqual([]);
  });
});

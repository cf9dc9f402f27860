import { beforeEach, describe, expect, it } from '@jest/globals';
import { aFailure, refusedClient, revokedGrant, unauthorizedClient } from '../../test/support/a-failure.js';
import { ClientBench } from '../../test/support/client-bench.js';
import { Undecryptable } from '../shared/cipher.js';

const HOUR_MS = 3_600_000;
const PEOPLE = ['ada', 'grace', 'joan'] as const;

let bench: ClientBench;

beforeEach(() => {
  bench = new ClientBench();
});

/** All of them need a token, and the endpoint refuses whoever asks. */
async function refusedFor(names: readonly string[], failure = refusedClient()): Promise<void> {
  await bench.connect(names);
  bench.endpoint.refusing.set('*', failure);
  await bench.need(...names);
}

/** Reading the tokens of this account fails for want of its key. */
function loseKeyOf(name: string): void {
  const { connections } = bench;
  const read = connections.tokens.bind(connections);
  connections.tokens = (id) => (id === bench.id(name) ? Promise.reject(new Undecryptable('lost')) : read(id));
}

describe('a refused OAuth client (F05)', () => {
  it('is asked for by one connection; the others stop without a call, and the operator is told once', async () => {
    await refusedFor(PEOPLE);
    expect(bench.sent()).toEqual(['ada']);
    expect(await bench.statuses(...PEOPLE)).toEqual(['needs_reauth', 'needs_reauth', 'needs_reauth']);
    expect(bench.alerts()).toEqual(['invalid_client']);
  });

  it('is tried by one connection in five minutes, another each time', async () => {
    await refusedFor(PEOPLE);
    bench.sent();
    for (let tick = 0; tick < 9; tick += 1) {
      await bench.recover.execute();
      bench.clock.advance(30_000);
    }
    expect(bench.sent()).toEqual([]);
    for (let round = 0; round < 3; round += 1) await bench.tickWhenDue();
    expect(bench.sent().sort()).toEqual([...PEOPLE]);
    expect(bench.alerts()).toEqual(['invalid_client']);
  });

  it('is accepted for all when it is accepted for one', async () => {
    await refusedFor(PEOPLE);
    bench.endpoint.refusing.clear();
    bench.sent();
    await bench.tickWhenDue();
    expect(bench.sent()).toHaveLength(1);
    expect(await bench.statuses(...PEOPLE)).toEqual(['active', 'active', 'active']);
    expect(bench.logged('oauth_client.mended')).toMatchObject([
      { level: 'info', fields: { connections: 3 } },
    ]);
  });

  it('is accepted also when the grant that it is tried with has ended: only its owner is asked', async () => {
    await refusedFor(PEOPLE);
    bench.endpoint.refusing.clear();
    for (const name of PEOPLE) bench.endpoint.refusing.set(name, revokedGrant());
    await bench.tickWhenDue();
    expect((await bench.statuses(...PEOPLE)).filter((status) => status === 'needs_reauth')).toHaveLength(1);
    expect(bench.logged('connection.needs_reauth').at(-1)?.fields).toMatchObject({
      code: 'invalid_grant',
      actor: 'user',
    });
    expect(bench.logged('oauth_client.mended')).toHaveLength(1);
  });

  it('with another secret is tried at once', async () => {
    await refusedFor(PEOPLE);
    bench.endpoint.refusing.clear();
    bench.endpoint.client = 'client-2';
    await bench.recover.execute();
    expect(await bench.statuses(...PEOPLE)).toEqual(['active', 'active', 'active']);
  });

  it('is told of anew when it is refused again after the mend', async () => {
    await refusedFor(PEOPLE);
    bench.endpoint.refusing.clear();
    await bench.tickWhenDue();
    bench.clock.advance(2 * HOUR_MS);
    bench.endpoint.refusing.set('*', refusedClient());
    await bench.need(...PEOPLE);
    expect(bench.alerts()).toEqual(['invalid_client', 'invalid_client']);
  });

  it('is known to be accepted as soon as a person’s refresh works', async () => {
    await refusedFor(PEOPLE);
    bench.endpoint.refusing.clear();
    await bench.force('joan');
    expect(await bench.statuses(...PEOPLE)).toEqual(['active', 'active', 'active']);
  });

  it('asks nobody when nobody is held up', async () => {
    await bench.connect(PEOPLE);
    await bench.recover.execute();
    expect(bench.sent()).toEqual([]);
  });
});

describe('a probe that tells nothing of the client', () => {
  it('goes on when a connection has no refresh token: that one is its owner’s to mend', async () => {
    await refusedFor(PEOPLE);
    await bench.connections.disconnect(bench.id('ada'));
    await bench.connections.refuse(
      { workspaceId: 'workspace', email: 'ada@example.com', sub: 'ada' },
      [],
      refusedClient(),
    );
    bench.endpoint.refusing.clear();
    bench.sent();
    await bench.tickWhenDue();
    expect(bench.sent()).toHaveLength(1);
    expect(await bench.statuses('grace', 'joan')).toEqual(['active', 'active']);
  });

  it('goes on when tokens cannot be decrypted, and asks with the next connection', async () => {
    await refusedFor(PEOPLE);
    for (const name of ['ada', 'grace']) loseKeyOf(name);
    bench.sent();
    await bench.tickWhenDue();
    expect(bench.sent()).toEqual(['joan']);
    bench.endpoint.refusing.clear();
    await bench.tickWhenDue();
    expect(bench.sent()).toEqual(['joan']);
    expect(await bench.statuses('joan')).toEqual(['active']);
  });

  it('asks three times at most while the endpoint is away, and the connections stay held up', async () => {
    const many = ['a', 'b', 'c', 'd', 'e'];
    await refusedFor(many);
    bench.endpoint.refusing.set('*', aFailure({ retryable: false }));
    bench.sent();
    await bench.tickWhenDue();
    expect(bench.sent()).toHaveLength(3);
    for (const name of many)
      expect(await bench.stateOf(name)).toMatchObject({
        authStatus: 'needs_reauth',
        lastError: { code: 'invalid_client' },
      });
    bench.endpoint.refusing.clear();
    await bench.tickWhenDue();
    expect(await bench.statuses(...many)).toEqual(many.map(() => 'active'));
  });
});

describe('a connection that waits for the client with a token that works', () => {
  it('is not stopped by the probe, nor forgotten when its calendars can be read', async () => {
    await bench.connect(['ada'], HOUR_MS);
    bench.endpoint.refusing.set('*', refusedClient());
    await bench.need('ada');
    await bench.connections.clearFailure(bench.id('ada'));
    bench.sent();
    await bench.recover.execute();
    expect(bench.sent()).toEqual([]);
    await bench.tickWhenDue();
    expect(bench.sent()).toEqual(['ada']);
    expect(await bench.stateOf('ada')).toMatchObject({ authStatus: 'active', lastError: { count: 2 } });
    bench.endpoint.refusing.clear();
    await bench.tickWhenDue();
    expect(await bench.stateOf('ada')).toMatchObject({ authStatus: 'active', lastError: null });
  });

  it('is tried with only when nothing that stands still is left', async () => {
    await bench.connect(['ada'], HOUR_MS);
    await refusedFor(['grace']);
    await bench.need('ada');
    bench.sent();
    for (let round = 0; round < 3; round += 1) await bench.tickWhenDue();
    expect(bench.sent()).toEqual(['grace', 'grace', 'grace']);
  });
});

describe('a client that may not refresh (F06)', () => {
  it('stops each connection by itself, is told of once, and is tried by one in five minutes', async () => {
    await refusedFor(PEOPLE, unauthorizedClient());
    expect(bench.sent()).toEqual([...PEOPLE]);
    await bench.recover.execute();
    expect(bench.sent()).toEqual([]);
    for (let round = 0; round < 3; round += 1) await bench.tickWhenDue();
    expect(bench.sent().sort()).toEqual([...PEOPLE]);
    expect(bench.alerts()).toEqual(['unauthorized_client']);
  });

  it('comes back for all when it comes back for one, each by a refresh of its own', async () => {
    const many = Array.from({ length: 100 }, (_, n) => `account ${n}`);
    await refusedFor(many, unauthorizedClient());
    bench.endpoint.refusing.clear();
    bench.sent();
    const startedAt = bench.clock.elapsed();
    await bench.tickWhenDue();
    expect(bench.sent().sort()).toEqual(many.toSorted());
    expect(await bench.statuses(...many)).toEqual(many.map(() => 'active'));
    expect(bench.clock.elapsed() - startedAt).toBeLessThan(5 * 60_000 + 10_000);
    expect(bench.logged('oauth_client.mended')).toMatchObject([{ fields: { connections: 100 } }]);
  });

  it('that was mended and is wrong again is told of again', async () => {
    await refusedFor(PEOPLE, unauthorizedClient());
    bench.endpoint.refusing.clear();
    await bench.tickWhenDue();
    bench.clock.advance(30 * 60_000);
    bench.endpoint.refusing.set('*', unauthorizedClient());
    await bench.need(...PEOPLE);
    expect(bench.alerts()).toEqual(['unauthorized_client', 'unauthorized_client']);
  });

  it('for one token only is not taken back because others work', async () => {
    await bench.connect(PEOPLE);
    bench.endpoint.refusing.set('ada', unauthorizedClient());
    await bench.need(...PEOPLE);
    for (const name of ['grace', 'joan']) await bench.force(name);
    expect(await bench.statuses(...PEOPLE)).toEqual(['needs_reauth', 'active', 'active']);
    bench.sent();
    for (let round = 0; round < 4; round += 1) {
      await bench.tickWhenDue();
      await bench.need('ada');
    }
    expect(bench.sent()).toEqual(['ada', 'ada', 'ada', 'ada']);
    expect(bench.alerts()).toEqual(['unauthorized_client']);
    expect(bench.logged('connection.needs_reauth')).toHaveLength(1);
    expect(await bench.stateOf('ada')).toMatchObject({
      lastError: { code: 'unauthorized_client', count: 5 },
    });
  });

  it('for one token only stays so when a refused client is mended for the others', async () => {
    await bench.connect(PEOPLE);
    bench.endpoint.refusing.set('ada', unauthorizedClient());
    await bench.need('ada');
    bench.endpoint.refusing.set('*', refusedClient());
    await bench.need('grace', 'joan');
    bench.endpoint.refusing.delete('*');
    await bench.tickWhenDue();
    expect(await bench.statuses(...PEOPLE)).toEqual(['needs_reauth', 'active', 'active']);
    expect(bench.alerts()).toEqual(['unauthorized_client', 'invalid_client']);
  });

  it('found out by a probe of a refused client does not speak for the others: the next one is asked', async () => {
    await refusedFor(PEOPLE);
    bench.endpoint.refusing.clear();
    bench.endpoint.refusing.set('joan', unauthorizedClient());
    await bench.connections.markNeedsReauth(bench.id('ada'), 1, refusedClient());
    await bench.connections.markNeedsReauth(bench.id('grace'), 1, refusedClient());
    bench.sent();
    await bench.tickWhenDue();
    expect(bench.sent()).toHaveLength(2);
    expect(await bench.statuses(...PEOPLE)).toEqual(['active', 'active', 'needs_reauth']);
  });
});

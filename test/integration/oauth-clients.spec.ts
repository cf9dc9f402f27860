import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AlertEpisodes } from '../../src/oauth/alert-episodes.js';
import type { OAuthClients } from '../../src/oauth/oauth-clients.js';
import { OAuthClientEntity } from '../../src/oauth/persistence/oauth-client.entity.js';
import { OperatorAlertEntity } from '../../src/oauth/persistence/operator-alert.entity.js';
import { PostgresAlertEpisodes } from '../../src/oauth/persistence/postgres-alert-episodes.js';
import { PostgresOAuthClients } from '../../src/oauth/persistence/postgres-oauth-clients.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { InMemoryAlertEpisodes } from '../fakes/in-memory-alert-episodes.js';
import { InMemoryOAuthClients } from '../fakes/in-memory-oauth-clients.js';
import { refusedClient } from '../support/a-failure.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const MINUTE_MS = 60_000;
const MANY = Array.from({ length: 20 }, (_, n) => n);

interface World {
  readonly clients: OAuthClients;
  readonly episodes: AlertEpisodes;
  pass(ms: number): Promise<void>;
}

let schema: Schema;
let clients: OAuthClients;
let episodes: AlertEpisodes;
let pass: World['pass'];

beforeAll(async () => {
  schema = await connectedSchema();
});

afterAll(() => schema.drop());

async function postgresWorld(): Promise<World> {
  const { source } = schema;
  await source.query('DELETE FROM oauth_clients');
  await source.query('DELETE FROM operator_alerts');
  return {
    clients: new PostgresOAuthClients(source.getRepository(OAuthClientEntity)),
    episodes: new PostgresAlertEpisodes(source.getRepository(OperatorAlertEntity)),
    pass: async (ms) => {
      const back = `- ${ms} * interval '1 millisecond'`;
      await source.query(`UPDATE oauth_clients SET next_probe_at = next_probe_at ${back}`);
      await source.query(`UPDATE operator_alerts SET met_at = met_at ${back}`);
    },
  };
}

async function memoryWorld(): Promise<World> {
  const clock = new FixedClock(Date.now());
  return {
    clients: new InMemoryOAuthClients(clock),
    episodes: new InMemoryAlertEpisodes(clock),
    pass: async (ms) => clock.advance(ms),
  };
}

describe.each([
  ['in memory', memoryWorld],
  ['in Postgres', postgresWorld],
])('what is known of our OAuth client, %s', (_name, makeWorld) => {
  beforeEach(async () => {
    ({ clients, episodes, pass } = await makeWorld());
  });

  const takes = (client = 'client-1'): Promise<boolean> => clients.takeProbe(client, 5 * MINUTE_MS);

  it('is nothing bad until the provider refuses it', async () => {
    expect(await clients.refusal('client-1')).toBeNull();
    await clients.refused('client-1', refusedClient(), MINUTE_MS);
    expect(await clients.refusal('client-1')).toMatchObject({ code: 'invalid_client', actor: 'operator' });
    expect(await clients.refusal('client-2')).toBeNull();
  });

  it('is probed by one of many who come at once, and again when that is due', async () => {
    for (let round = 0; round < 3; round += 1) {
      const taken = await Promise.all(MANY.map(() => takes()));
      expect(taken.filter(Boolean)).toHaveLength(1);
      await pass(4.9 * MINUTE_MS);
      expect(await takes()).toBe(false);
      await pass(0.2 * MINUTE_MS);
    }
  });

  it('is not probed right after a refusal, whomever it was for, nor later because of another one', async () => {
    await clients.refused('client-1', refusedClient(), 5 * MINUTE_MS);
    await clients.planProbe('client-2', 5 * MINUTE_MS);
    await pass(4 * MINUTE_MS);
    await clients.refused('client-1', refusedClient(), 5 * MINUTE_MS);
    await clients.planProbe('client-2', 5 * MINUTE_MS);
    expect([await takes(), await takes('client-2')]).toEqual([false, false]);
    await pass(1.1 * MINUTE_MS);
    expect([await takes(), await takes('client-2')]).toEqual([true, true]);
  });

  it('keeps its refusal while it is probed, and when one connection is refused for itself', async () => {
    await clients.refused('client-1', refusedClient(), 0);
    await pass(1);
    await takes();
    await clients.planProbe('client-1', MINUTE_MS);
    expect(await clients.refusal('client-1')).toMatchObject({ code: 'invalid_client' });
  });

  it('is history once it is mended, with that of its predecessors; a probe that is planned stays', async () => {
    await clients.refused('client-0', refusedClient({ code: 'deleted_client' }), MINUTE_MS);
    await clients.refused('client-1', refusedClient(), MINUTE_MS);
    await clients.planProbe('client-2', MINUTE_MS);
    expect([...(await clients.mended())].sort()).toEqual(['deleted_client', 'invalid_client']);
    expect(await clients.mended()).toEqual([]);
    expect(await clients.refusal('client-1')).toBeNull();
    expect([await takes('client-1'), await takes('client-2')]).toEqual([true, false]);
  });

  it('is forgotten when nobody is held up', async () => {
    await clients.refused('client-1', refusedClient(), MINUTE_MS);
    await clients.planProbe('client-2', MINUTE_MS);
    await clients.forget();
    expect(await clients.refusal('client-1')).toBeNull();
    expect([await takes('client-1'), await takes('client-2')]).toEqual([true, true]);
  });

  describe('an episode of alerts', () => {
    const meet = (episode: string, code = 'invalid_client'): Promise<boolean> =>
      episodes.met({ code, message: 'Refused.' }, episode, 60 * MINUTE_MS);
    const [first, second, third] = MANY.map(() => new RandomIds().next());

    it('is begun by one of many who meet the fault at once', async () => {
      const begun = await Promise.all(MANY.map(() => meet(new RandomIds().next())));
      expect(begun.filter(Boolean)).toHaveLength(1);
      expect(await meet(new RandomIds().next(), 'deleted_client')).toBe(true);
    });

    it('is told again to whoever repeats the question, because no answer came', async () => {
      expect([await meet(first ?? ''), await meet(first ?? ''), await meet(second ?? '')]).toEqual([
        true,
        true,
        false,
      ]);
    });

    it('lasts while the fault is met within the hour, and ends with its mend', async () => {
      await meet(first ?? '');
      for (let round = 0; round < 3; round += 1) {
        await pass(59 * MINUTE_MS);
        expect(await meet(second ?? '')).toBe(false);
      }
      await pass(61 * MINUTE_MS);
      expect(await meet(second ?? '')).toBe(true);
      await episodes.ended(['invalid_client']);
      expect(await meet(third ?? '')).toBe(true);
    });
  });
});

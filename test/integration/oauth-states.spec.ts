import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PendingAuthorization } from '../../src/oauth/authorization-states.js';
import { OAuthStateEntity } from '../../src/oauth/persistence/oauth-state.entity.js';
import { PostgresAuthorizationStates } from '../../src/oauth/persistence/postgres-authorization-states.js';
import { Cipher } from '../../src/shared/cipher.js';
import { Secret } from '../../src/shared/secret.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const TEN_MINUTES = 600_000;

let schema: Schema;
let states: PostgresAuthorizationStates;
let pending: PendingAuthorization;

beforeAll(async () => {
  schema = await connectedSchema();
  const cipher = new Cipher(new Map([['test', Buffer.alloc(32, 7)]]));
  states = new PostgresAuthorizationStates(schema.source.getRepository(OAuthStateEntity), cipher);
  const workspaceId = await schema.addWorkspace();
  pending = {
    workspaceId,
    connectionId: await schema.addConnection(workspaceId),
    codeVerifier: new Secret('mark-of-verifier'),
    returnUrl: 'https://app.example.com/done',
  };
});

afterAll(() => schema.drop());

async function expire(): Promise<void> {
  await schema.source.query(`UPDATE oauth_states SET expires_at = now() - interval '1 millisecond'`);
}

describe('a state under way', () => {
  it('gives back what was asked, once', async () => {
    await states.save('state-1', pending, TEN_MINUTES);
    const redeemed = await states.redeem('state-1');
    expect({ ...redeemed, codeVerifier: redeemed?.codeVerifier.reveal() }).toEqual({
      ...pending,
      codeVerifier: 'mark-of-verifier',
    });
    expect(await states.redeem('state-1')).toBeNull();
  });

  it('may stand for any account, and for no return address', async () => {
    await states.save('state-2', { ...pending, connectionId: null, returnUrl: null }, TEN_MINUTES);
    expect(await states.redeem('state-2')).toMatchObject({ connectionId: null, returnUrl: null });
  });

  it('is redeemed by one of many who come at once', async () => {
    await states.save('state-3', pending, TEN_MINUTES);
    const redeemed = await Promise.all(Array.from({ length: 20 }, () => states.redeem('state-3')));
    expect(redeemed.filter((one) => one !== null)).toHaveLength(1);
  });

  it('is nothing when it is unknown', async () => {
    expect(await states.redeem('never-saved')).toBeNull();
    expect(await states.redeem('')).toBeNull();
  });

  it('ends by the clock of the database', async () => {
    const endsAt = await states.save('state-4', pending, TEN_MINUTES);
    const [row]: { now: Date }[] = await schema.source.query('SELECT now() AS now');
    const leftMs = endsAt - (row?.now.getTime() ?? 0);
    expect(leftMs).toBeGreaterThan(TEN_MINUTES - 5000);
    expect(leftMs).toBeLessThanOrEqual(TEN_MINUTES);
    await expire();
    expect(await states.redeem('state-4')).toBeNull();
  });

  it('is used up also when it came too late', async () => {
    await states.save('state-5', pending, TEN_MINUTES);
    await expire();
    await states.redeem('state-5');
    await schema.source.query(`UPDATE oauth_states SET expires_at = now() + interval '1 hour'`);
    expect(await states.redeem('state-5')).toBeNull();
  });

  it('is useless when its verifier does not open any more, or was copied from another state (F69)', async () => {
    await states.save('state-6', pending, TEN_MINUTES);
    await states.save('state-7', pending, TEN_MINUTES);
    await schema.source.query(
      'UPDATE oauth_states SET code_verifier = (SELECT min(code_verifier) FROM oauth_states)',
    );
    const redeemed = [await states.redeem('state-6'), await states.redeem('state-7')];
    expect(redeemed.filter((one) => one !== null)).toHaveLength(1);
  });

  it('is swept when it has ended, and only then', async () => {
    await states.save('old', pending, TEN_MINUTES);
    await expire();
    await states.save('new', pending, TEN_MINUTES);
    expect(await states.removeExpired()).toBe(1);
    expect(await states.redeem('new')).not.toBeNull();
  });

  it('is stored as a hash, its verifier encrypted', async () => {
    await states.save('mark-of-state', pending, TEN_MINUTES);
    const [row]: { text: string }[] = await schema.source.query('SELECT s::text AS text FROM oauth_states s');
    expect(row?.text).toContain(pending.workspaceId);
    expect(row?.text).not.toMatch(/mark-of/);
    expect(row?.text).not.toContain(Buffer.from('mark-of-state').toString('hex'));
  });
});

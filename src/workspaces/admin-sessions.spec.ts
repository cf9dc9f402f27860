import { beforeEach, describe, expect, it } from '@jest/globals';
import { aConfig } from '../../test/support/a-config.js';
import { FixedClock } from '../shared/clock.js';
import { Secret } from '../shared/secret.js';
import { Signer } from '../shared/signer.js';
import { AdminSessions } from './admin-sessions.js';

const KEY = 'admin-key-of-the-tests';
const HOUR_MS = 3_600_000;

let clock: FixedClock;

beforeEach(() => {
  clock = new FixedClock(Date.UTC(2027, 2, 10));
});

function sessions(adminApiKey = KEY, encryptionKey = 7): AdminSessions {
  const keys = new Map([['test', Buffer.alloc(32, encryptionKey)]]);
  return new AdminSessions(aConfig({ adminApiKey: new Secret(adminApiKey) }), new Signer(keys), clock);
}

function begun(): string {
  const session = sessions().begin(KEY);
  if (session === null) throw new Error('The key was refused.');
  return session.token;
}

describe('a session', () => {
  it.each(['', 'wrong', KEY.slice(0, -1), `${KEY} `])('does not begin with the key %j', (key) => {
    expect(sessions().begin(key)).toBeNull();
  });

  it('is open on every instance for twelve hours', () => {
    const token = begun();
    expect(sessions().isOpen(token)).toBe(true);
    clock.advance(12 * HOUR_MS - 1000);
    expect(sessions().isOpen(token)).toBe(true);
    clock.advance(1000);
    expect(sessions().isOpen(token)).toBe(false);
  });

  it('ends with the admin key that it was made from, and with the key that signed it', () => {
    const token = begun();
    expect(sessions('another-key-of-the-tests').isOpen(token)).toBe(false);
    expect(sessions(KEY, 8).isOpen(token)).toBe(false);
  });

  it('holds nothing of the admin key', () => {
    expect(begun()).not.toContain(KEY);
  });

  it('cannot be made up or made longer', () => {
    const [expiry = '', signature = ''] = begun().split('.');
    const later = (Number.parseInt(expiry, 36) + 3600).toString(36);
    for (const token of [
      '',
      '.',
      expiry,
      `${expiry}.`,
      `${later}.${signature}`,
      `${expiry}.${signature}.x`,
      `.${signature}`,
    ])
      expect([token, sessions().isOpen(token)]).toEqual([token, false]);
  });
});

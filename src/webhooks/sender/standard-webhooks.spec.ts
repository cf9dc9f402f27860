import { describe, expect, it } from '@jest/globals';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { Secret } from '../../shared/secret.js';
import { newSigningSecret, signedHeaders } from './standard-webhooks.js';

const MESSAGE = {
  id: '5f0c8c1e-6f5c-4a55-9a57-0f7a3a1c2b10',
  body: '{"type":"calendar.failing","data":{"name":"Ä"}}',
};
const NOW = Date.now();

/** What a receiver does with the reference library of the scheme. */
const verified = (secret: Secret, headers: Record<string, string>, body = MESSAGE.body): unknown =>
  new Webhook(secret.reveal()).verify(body, headers);

describe('a signed message', () => {
  const secret = newSigningSecret();
  const headers = signedHeaders(MESSAGE, [secret], NOW);

  it('is accepted by the reference library of the scheme', () => {
    expect(verified(secret, headers)).toEqual(JSON.parse(MESSAGE.body));
  });

  it('is refused when anything of it was changed, or it was signed by somebody else', () => {
    expect(() => verified(secret, headers, MESSAGE.body.replace('Ä', 'A'))).toThrow();
    expect(() => verified(secret, { ...headers, 'webhook-id': 'another' })).toThrow();
    const soon = String(Number(headers['webhook-timestamp']) + 1);
    expect(() => verified(secret, { ...headers, 'webhook-timestamp': soon })).toThrow();
    expect(() => verified(newSigningSecret(), headers)).toThrow();
  });

  it('is refused when it is replayed later', () => {
    const old = signedHeaders(MESSAGE, [secret], NOW - 10 * 60_000);
    expect(() => verified(secret, old)).toThrow(/too old/);
    expect(() => verified(secret, { ...old, 'webhook-timestamp': String(Math.floor(NOW / 1000)) })).toThrow();
  });

  it('opens with the secret before and the one after a rotation', () => {
    const previous = newSigningSecret();
    const both = signedHeaders(MESSAGE, [secret, previous], NOW);
    expect(verified(secret, both)).toEqual(verified(previous, both));
  });
});

describe('the check that the README shows', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const [, source = ''] = /```js\nimport .*createHmac.*\n([^`]*(?:`[^`]+`[^`]*)*)```/.exec(readme) ?? [];
  // oxlint-disable-next-line typescript/no-implied-eval
  const isGenuine: (...of: unknown[]) => boolean = new Function(
    'createHmac',
    'timingSafeEqual',
    `${source}\nreturn isGenuine;`,
  )(createHmac, timingSafeEqual);
  const secret = newSigningSecret();
  const isTaken = (headers: Record<string, string>, body = MESSAGE.body): boolean =>
    isGenuine(secret.reveal(), headers, body);

  it('takes what is genuine, also while the secret changes', () => {
    expect(isTaken(signedHeaders(MESSAGE, [secret], NOW))).toBe(true);
    expect(isTaken(signedHeaders(MESSAGE, [newSigningSecret(), secret], NOW))).toBe(true);
  });

  it('refuses what is not, and a replay', () => {
    expect(isTaken(signedHeaders(MESSAGE, [newSigningSecret()], NOW))).toBe(false);
    expect(isTaken(signedHeaders(MESSAGE, [secret], NOW), '{}')).toBe(false);
    expect(isTaken({ ...signedHeaders(MESSAGE, [secret], NOW), 'webhook-signature': 'v1,short' })).toBe(
      false,
    );
    expect(isTaken(signedHeaders(MESSAGE, [secret], NOW - 600_000))).toBe(false);
  });
});

describe('a signing secret', () => {
  it('has the form of the scheme, and is a new one each time', () => {
    const text = newSigningSecret().reveal();
    expect(text).toMatch(/^whsec_[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(text.slice('whsec_'.length), 'base64')).toHaveLength(32);
    expect(newSigningSecret().reveal()).not.toBe(text);
  });
});

import { describe, expect, it } from '@jest/globals';
import { randomToken, sameText, sha256 } from './hashing.js';

describe('hashing', () => {
  it('sha256 agrees with the published example', () => {
    // FIPS 180-2, appendix B.1
    expect(sha256('abc').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('random tokens are as long as asked, fit an address, and do not repeat', () => {
    const tokens = Array.from({ length: 1000 }, () => randomToken());
    expect(new Set(tokens).size).toBe(1000);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(randomToken(16), 'base64url')).toHaveLength(16);
  });

  it.each([
    ['', '', true],
    ['secret', 'secret', true],
    ['secret', 'Secret', false],
    ['secret', 'secret ', false],
    ['\u00e9', 'e\u0301', false],
  ])('%j and %j are the same: %s', (one, other, same) => {
    expect(sameText(one, other)).toBe(same);
  });
});

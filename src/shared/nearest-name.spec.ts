import { describe, expect, it } from '@jest/globals';
import { nearestName } from './nearest-name.js';

const NAMES = ['check-all', 'refresh-tokens', 'json', 'force'];

describe('nearestName', () => {
  it.each([
    ['chekc-all', 'check-all'],
    ['check', null],
    ['checkall', 'check-all'],
    ['refresh-token', 'refresh-tokens'],
    ['refresh_tokens', 'refresh-tokens'],
    ['jsno', null],
    ['jason', 'json'],
    ['forced', 'force'],
    ['', null],
    ['something-else', null],
  ])('of %j is %j', (text, expected) => {
    expect(nearestName(text, NAMES)).toBe(expected);
  });

  it('of nothing to choose from is none', () => {
    expect(nearestName('check', [])).toBeNull();
  });
});

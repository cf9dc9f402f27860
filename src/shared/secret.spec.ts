import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { Secret } from './secret.js';

describe('Secret', () => {
  it('never shows its value when printed, serialized or interpolated', () => {
    const secret = new Secret('ya29.token');
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }), secret.toString()].join();
    expect(shown).not.toContain('ya29');
    expect(secret.reveal()).toBe('ya29.token');
  });
});

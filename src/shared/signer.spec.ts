import { describe, expect, it } from '@jest/globals';
import { Signer } from './signer.js';

const OLD: [string, Buffer] = ['old', Buffer.alloc(32, 1)];
const NEW: [string, Buffer] = ['new', Buffer.alloc(32, 2)];
const signer = new Signer(new Map([OLD]));

describe('a signature', () => {
  it('stands for its text and purpose only', () => {
    const signature = signer.sign('text', 'purpose');
    expect(signer.verify('text', 'purpose', signature)).toBe(true);
    expect(signer.verify('text.', 'purpose', signature)).toBe(false);
    expect(signer.verify('text', 'other purpose', signature)).toBe(false);
    expect(signer.verify('text', 'purpose', `${signature}A`)).toBe(false);
    expect(signer.verify('text', 'purpose', '')).toBe(false);
  });

  it('does not confuse where the purpose ends and the text begins', () => {
    expect(signer.verify('b', 'a', signer.sign('a\nb', ''))).toBe(false);
    expect(signer.sign('b\nc', 'a')).not.toBe(signer.sign('c', 'a b'));
  });

  it('outlives its key as the first one, and ends with it as any', () => {
    const signature = signer.sign('text', 'purpose');
    expect(new Signer(new Map([NEW, OLD])).verify('text', 'purpose', signature)).toBe(true);
    expect(new Signer(new Map([NEW, OLD])).sign('text', 'purpose')).not.toBe(signature);
    expect(new Signer(new Map([NEW])).verify('text', 'purpose', signature)).toBe(false);
  });

  it('cannot be made without a key', () => {
    expect(() => new Signer(new Map()).sign('text', 'purpose')).toThrow(/key/);
  });
});

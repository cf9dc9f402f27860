import { describe, expect, it } from '@jest/globals';
import { RandomIds } from '../shared/ids.js';
import { eventIdOf } from './booking.js';

describe('the id of an event', () => {
  const id = '3F2504E0-4f89-41d3-9a0c-0305e82c3301';

  it('is of the alphabet and length that Google takes', () => {
    const ids = new RandomIds();
    for (let n = 0; n < 200; n += 1) expect(eventIdOf(ids.next(), n)).toMatch(/^[a-v0-9]{5,1024}$/);
  });

  it('is the same for the same booking and generation, and another for any other', () => {
    const other = '3f2504e0-4f89-41d3-9a0c-0305e82c3302';
    const all = [eventIdOf(id.toLowerCase(), 0), eventIdOf(id.toLowerCase(), 1), eventIdOf(other, 0)];
    expect(new Set(all).size).toBe(3);
    expect(eventIdOf(other, 0)).toBe(eventIdOf(other, 0));
  });
});

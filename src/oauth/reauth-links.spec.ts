import { describe, expect, it } from '@jest/globals';
import { aConfig } from '../../test/support/a-config.js';
import { FixedClock } from '../shared/clock.js';
import { Signer } from '../shared/signer.js';
import { ReauthLinks } from './reauth-links.js';

const ID = '00000000-0000-4000-8000-0000000000d0';
const OTHER_ID = '00000000-0000-4000-8000-0000000000d1';
const DAY_MS = 86_400_000;

const keys = new Map([['one', Buffer.alloc(32, 1)]]);
const clock = new FixedClock(Date.UTC(2027, 2, 8));
const links = new ReauthLinks(aConfig({ publicUrl: 'https://book.example.com' }), new Signer(keys), clock);

const madeFor = (id: string): string => new URL(links.for(id)).searchParams.get('link') ?? '';

describe('re-authorization links', () => {
  it('lead back to this service and name the connection they were made for', () => {
    expect(links.for(ID)).toMatch(/^https:\/\/book\.example\.com\/api\/oauth\/google\/reauthorize\?link=/);
    expect(links.connectionOf(madeFor(ID))).toBe(ID);
  });

  it('end after seven days', () => {
    const link = madeFor(ID);
    clock.advance(7 * DAY_MS - 2000);
    expect(links.connectionOf(link)).toBe(ID);
    clock.advance(2000);
    expect(links.connectionOf(link)).toBeNull();
  });

  it('of a retired key are not valid any more, of one that is only not the first they are', () => {
    const link = madeFor(ID);
    const rotated = new Map([['two', Buffer.alloc(32, 2)], ...keys]);
    expect(new ReauthLinks(aConfig(), new Signer(rotated), clock).connectionOf(link)).toBe(ID);
    const without = new Map([['two', Buffer.alloc(32, 2)]]);
    expect(new ReauthLinks(aConfig(), new Signer(without), clock).connectionOf(link)).toBeNull();
  });

  it('cannot be forged', () => {
    const [id = '', expiry = '', signature = ''] = madeFor(ID).split('.');
    const later = (Number.parseInt(expiry, 36) + 86_400).toString(36);
    const elsewhere = new Signer(keys).sign(`${ID}.${expiry}`, 'something else');
    const forged = [
      `${OTHER_ID}.${expiry}.${signature}`,
      `${id}.${later}.${signature}`,
      `${id}.${expiry}.${signature.slice(0, -1)}`,
      `${id}.${expiry}.`,
      `${id}.${expiry}`,
      `${id}.${expiry}.${signature}.more`,
      `${id}.${expiry}.${elsewhere}`,
      '',
      '...',
    ];
    for (const link of forged) expect({ link, id: links.connectionOf(link) }).toEqual({ link, id: null });
  });
});

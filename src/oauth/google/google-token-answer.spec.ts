import { describe, expect, it } from '@jest/globals';
import type { TokenGrant } from '../token-grant.js';
import { grantOf } from './google-token-answer.js';

const SENT_AT = Date.UTC(2027, 2, 8);
const GOOD = { access_token: 'ya29.a0', expires_in: 3599, token_type: 'Bearer', scope: 'openid email' };

const grantWith = (members: object): TokenGrant | null => grantOf({ ...GOOD, ...members }, SENT_AT);
const idToken = (claims: object): string =>
  `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

describe('a token answer', () => {
  it('gives what Google gives', () => {
    const grant = grantWith({
      refresh_token: '1//0r',
      refresh_token_expires_in: 604_800,
      id_token: idToken({ email: 'Ada@Example.com', sub: '1001' }),
    });
    expect(grant).toMatchObject({
      expiresAt: SENT_AT + 3_599_000,
      refreshExpiresAt: SENT_AT + 604_800_000,
      scopes: ['openid', 'email'],
      account: { email: 'ada@example.com', sub: '1001' },
    });
    expect([grant?.accessToken.reveal(), grant?.refreshToken?.reveal()]).toEqual(['ya29.a0', '1//0r']);
  });

  it.each([
    undefined,
    'undefined',
    'null',
    'NULL',
    'NaN',
    'true',
    '',
    ' ',
    'a b',
    'a\r\nb',
    'é',
    '\0',
    7,
    null,
    ['x'],
  ])('is none when its access token is %j (F11)', (token) => {
    expect(grantWith({ access_token: token })).toBeNull();
  });

  it('is none when its access token fits into no header', () => {
    expect(grantWith({ access_token: 'x'.repeat(8192) })).not.toBeNull();
    expect(grantWith({ access_token: 'x'.repeat(8193) })).toBeNull();
  });

  it.each(['mac', 'N_A', 'Bearer ', 7, {}])('is none when its type is %j', (type) => {
    expect(grantWith({ token_type: type })).toBeNull();
  });

  it.each([undefined, null, '', 'bearer', 'BEARER'])('may say %j for its type', (type) => {
    expect(grantWith({ token_type: type })).not.toBeNull();
  });

  it.each(['undefined', 'a b', 'a\0', 7, {}, [], true])(
    'is none when its refresh token is %j, which would replace the good one',
    (token) => {
      expect(grantWith({ refresh_token: token })).toBeNull();
    },
  );

  it.each([undefined, null, ''])(
    'may say %j for its refresh token, and then the stored one stays (F14)',
    (token) => {
      expect(grantWith({ refresh_token: token })).toMatchObject({ refreshToken: null });
    },
  );

  it.each(['openid\0email', 'é', 7, ['openid'], {}])(
    'is none when its scopes are %j, which must not pass for those asked for (F16)',
    (scope) => {
      expect(grantWith({ scope })).toBeNull();
    },
  );

  it.each([undefined, null, '', '  '])('may say %j for its scopes', (scope) => {
    expect(grantWith({ scope })).toMatchObject({ scopes: null });
  });

  it.each([undefined, 0, -5, 1, 29.9, 5e-324, Infinity, 'soon', '', null, [], true])(
    'with %j for its lifetime is used for five minutes, and in no refresh loop (F12)',
    (expiresIn) => {
      expect(grantWith({ expires_in: expiresIn })).toMatchObject({ expiresAt: SENT_AT + 300_000 });
    },
  );

  it.each([
    [30, 30],
    ['3599', 3599],
    [1e12, 86_400],
  ])('with %j for its lifetime is used for %d seconds', (expiresIn, seconds) => {
    expect(grantWith({ expires_in: expiresIn })).toMatchObject({ expiresAt: SENT_AT + seconds * 1000 });
  });

  it.each(['a\0b@example.com', 'ada@exa\nmple.com', 'nobody', '@', `${'x'.repeat(320)}@x`, 7, null])(
    'does not tell whose it is with the address %j',
    (email) => {
      expect(grantWith({ id_token: idToken({ email, sub: 'a\0' }) })?.account).toEqual({
        email: null,
        sub: null,
      });
    },
  );
});

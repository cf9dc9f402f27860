import { describe, expect, it } from '@jest/globals';
import { ConfigError, configOf, loadEnvironment } from './config.js';
import { Secret } from './secret.js';

const KEY = Buffer.alloc(32, 7).toString('base64');

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://slots:db-password@db/slots',
  ADMIN_API_KEY: 'an-admin-key-of-production',
  ENCRYPTION_KEYS: `k1:${KEY}`,
  GOOGLE_CLIENT_ID: 'client-id',
  GOOGLE_CLIENT_SECRET: 'client-secret',
};

function refusal(env: Record<string, string>): ConfigError {
  try {
    loadEnvironment(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The environment was accepted');
}

describe('loadEnvironment', () => {
  it('needs nothing outside production', () => {
    expect(loadEnvironment({})).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', SCHEDULER_ENABLED: true });
  });

  it('takes numbers and booleans from their texts', () => {
    const env = loadEnvironment({
      PORT: '8080',
      SCHEDULER_ENABLED: 'false',
      TOKEN_REFRESH_MARGIN_SECONDS: '0',
    });
    expect(env).toMatchObject({ PORT: 8080, SCHEDULER_ENABLED: false, TOKEN_REFRESH_MARGIN_SECONDS: 0 });
  });

  it('counts an empty or blank variable as unset', () => {
    expect(loadEnvironment({ PORT: '', DATABASE_URL: '  ', ADMIN_API_KEY: '' })).toEqual(loadEnvironment({}));
    expect(refusal({ ...PRODUCTION, ENCRYPTION_KEYS: ' ' }).message).toContain('ENCRYPTION_KEYS');
  });

  it('ignores variables that are not its own', () => {
    expect(loadEnvironment({ HOME: '/root', PORTS: '1' })).toEqual(loadEnvironment({}));
  });

  it('refuses a misspelt production, which would start with the defaults of development', () => {
    expect(refusal({ NODE_ENV: 'prod' }).problems).toEqual([expect.stringContaining('NODE_ENV')]);
  });

  it('refuses return addresses that no flow could return to', () => {
    const { problems } = refusal({ ALLOWED_RETURN_URLS: 'https://app.example.com/back, app.example.com' });
    expect(problems).toEqual(['ALLOWED_RETURN_URLS: expected http(s) addresses, separated by commas']);
  });

  it.each([
    [{ SMTP_URL: 'smtp://mail' }, 'MAIL_FROM: must be set with SMTP_URL'],
    [{ OPERATOR_EMAIL: 'ops@example.com' }, 'OPERATOR_EMAIL: needs SMTP_URL'],
    [
      { SMTP_URL: 'mail:25', MAIL_FROM: 'a@example.com' },
      'SMTP_URL: expected an smtp:// or smtps:// address',
    ],
    [
      { SMTP_URL: 'smtp://mail', MAIL_FROM: 'Slots <a@b>, c@d' },
      'MAIL_FROM: expected an e-mail address, or Name <address>',
    ],
  ])('refuses mail settings that could send nothing: %j', (env, problem) => {
    expect(refusal(env).problems).toEqual([problem]);
  });

  it('refuses production without secrets and names every one that is missing', () => {
    const { problems } = refusal({ NODE_ENV: 'production' });
    expect(problems).toEqual([
      'DATABASE_URL: must be set in production',
      'ADMIN_API_KEY: must be set in production',
      'ENCRYPTION_KEYS: must be set in production',
      'GOOGLE_CLIENT_ID: must be set in production',
      'GOOGLE_CLIENT_SECRET: must be set in production',
    ]);
  });

  it.each(Object.keys(PRODUCTION).filter((name) => name !== 'NODE_ENV'))(
    'refuses production without %s alone',
    (name) => {
      const { problems } = refusal({ ...PRODUCTION, [name]: '' });
      expect(problems).toContain(`${name}: must be set in production`);
    },
  );

  it('starts in production once every secret is set', () => {
    expect(loadEnvironment(PRODUCTION)).toMatchObject(PRODUCTION);
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '3000.5'],
    ['PORT', '0x50'],
    ['PUBLIC_URL', 'ftp://files.example.com'],
    ['DATABASE_URL', 'mysql://user:pw-of-the-database@host/db'],
    ['ADMIN_API_KEY', 'short-key'],
    ['ADMIN_API_KEY', 'a key with spaces in it'],
    ['GOOGLE_TOKEN_URL', 'not-an-address'],
    ['PROVIDER_TIMEOUT_MS', '99'],
    ['BOOKING_DEADLINE_MS', '-5'],
    ['TOKEN_REFRESH_MARGIN_SECONDS', '3001'],
    ['SCHEDULER_ENABLED', 'perhaps'],
    ['LOG_LEVEL', 'chatty'],
  ])('names %s when it is "%s", and never tells that value', (name, value) => {
    const { message, problems } = refusal({ [name]: value });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([name]);
    expect(message).not.toContain(value);
  });

  it('names all that is wrong at once', () => {
    const { problems } = refusal({ PORT: 'x', LOG_LEVEL: 'loud', CLEANUP_CRON: 'never' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['PORT', 'LOG_LEVEL', 'CLEANUP_CRON']);
  });

  it.each(['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'])('refuses %s without its other half', (name) => {
    const { message } = refusal({ [name]: 'one-half-of-it' });
    expect(message).toContain('GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET: set both or none');
    expect(message).not.toContain('one-half-of-it');
  });

  it.each([
    ['is no list of named keys', KEY, 'kid:base64key'],
    ['has a key of the wrong length', 'k1:c2hvcnQ=', 'key k1 must be 32 bytes, it has 5'],
    ['has the same key id twice', `k1:${KEY},k1:${KEY}`, 'key id k1 is given twice'],
    ['ends in a comma', `k1:${KEY},`, 'kid:base64key'],
  ])('refuses ENCRYPTION_KEYS that %s, without showing a key', (_, value, told) => {
    const { message } = refusal({ ENCRYPTION_KEYS: value });
    expect(message).toContain(`ENCRYPTION_KEYS: `);
    expect(message).toContain(told);
    expect(message).not.toContain(value);
    expect(message).not.toContain(KEY);
  });

  it.each([
    ['HEALTH_CHECK_CRON', '* * * *'],
    ['TOKEN_REFRESH_CRON', '61 * * * *'],
    ['CLEANUP_CRON', '0 0 0 * * * *'],
    ['RECONCILE_CRON', 'every ten seconds or so'],
  ])('refuses %s that is no cron expression', (name, value) => {
    const { problems } = refusal({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: expected a`));
    expect(problems[0]).not.toContain(value);
  });

  it.each(['*/5 * * * *', '*/10 * * * * *'])('takes the cron expression %s', (expression) => {
    expect(loadEnvironment({ RECONCILE_CRON: expression }).RECONCILE_CRON).toBe(expression);
  });
});

describe('configOf', () => {
  const local = {
    databaseUrl: new Secret('postgres://x'),
    adminApiKey: new Secret('admin'),
    encryptionKeys: new Map([['k1', Buffer.alloc(32)]]),
    google: {
      clientId: 'id',
      clientSecret: new Secret('s'),
      apiRootUrl: 'http://g',
      authUrl: 'http://g/auth',
      tokenUrl: 'http://g/token',
      revokeUrl: 'http://g/revoke',
    },
  };

  it('is reached where it listens, unless it is told another public address', () => {
    expect(configOf(loadEnvironment({ PORT: '4000' }), local).publicUrl).toBe('http://127.0.0.1:4000');
    expect(configOf(loadEnvironment({ PUBLIC_URL: 'https://slots.example.com/' }), local).publicUrl).toBe(
      'https://slots.example.com',
    );
  });

  it('sends e-mails only when it knows a server', () => {
    const { mail } = configOf(
      loadEnvironment({ SMTP_URL: 'smtps://u:p@mail:465', MAIL_FROM: 'Slots <a@example.com>' }),
      local,
    );
    expect(mail).toMatchObject({ from: 'Slots <a@example.com>', operatorEmail: null });
    expect(mail?.smtpUrl.reveal()).toBe('smtps://u:p@mail:465');
    expect(configOf(loadEnvironment({ MAIL_FROM: 'a@example.com' }), local).mail).toBeNull();
  });

  it('splits the return addresses and counts the margin in milliseconds', () => {
    const env = loadEnvironment({
      ALLOWED_RETURN_URLS: 'https://a.example.com, https://b.example.com/done,',
      TOKEN_REFRESH_MARGIN_SECONDS: '60',
    });
    expect(configOf(env, local)).toMatchObject({
      allowedReturnUrls: ['https://a.example.com', 'https://b.example.com/done'],
      tokenRefreshMarginMs: 60_000,
    });
  });
});

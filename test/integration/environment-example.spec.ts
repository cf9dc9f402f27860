import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { Environment, loadEnvironment } from '../../src/shared/config.js';

const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const lines = text.split('\n');
const example = new Map(Object.entries(parseEnv(text)).map(([name, value = '']) => [name, value]));

const schema = [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(Environment, '', false, false)
      .map(({ propertyName }) => propertyName),
  ),
];

/** For variables without a default: a value the schema takes. */
const VALID: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'https://slots.example.com',
  ALLOWED_RETURN_URLS: 'https://app.example.com/done',
  DATABASE_URL: 'postgres://user:password@localhost/slots',
  ADMIN_API_KEY: 'a-key-for-the-example',
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  GOOGLE_CLIENT_ID: 'client',
  GOOGLE_CLIENT_SECRET: 'secret',
  GOOGLE_API_ROOT_URL: 'http://localhost:1',
  GOOGLE_AUTH_URL: 'http://localhost:1/auth',
  GOOGLE_TOKEN_URL: 'http://localhost:1/token',
  GOOGLE_REVOKE_URL: 'http://localhost:1/revoke',
  EXPORT_DIR: '/var/lib/slotkeeper',
  SMTP_URL: 'smtp://localhost:1',
  MAIL_FROM: 'Slotkeeper <slots@example.com>',
  OPERATOR_EMAIL: 'operator@example.com',
};

describe('.env.example', () => {
  it('lists exactly the variables that the service knows', () => {
    expect(schema).not.toHaveLength(0);
    expect([...example.keys()].sort()).toEqual([...schema].sort());
  });

  it('gives each variable a line of meaning right above it', () => {
    const unexplained = [...example.keys()].filter((name) => {
      const above = lines[lines.findIndex((line) => line.startsWith(`${name}=`)) - 1] ?? '';
      return !/^# \S.{10,}$/.test(above);
    });
    expect(unexplained).toEqual([]);
  });

  it('names the same variables as the configuration table of the README', () => {
    const [, section = ''] = readme.split('\n## Configuration\n');
    const [table = ''] = section.split('\n## ');
    const variables = table.split('\n').map((row) => row.split('|')[1] ?? '');
    const named = Array.from(variables.join().matchAll(/`([A-Z_]+)`/g), ([, name = '']) => name);
    expect(named.sort()).toEqual([...example.keys()].sort());
  });

  it('changes nothing when it is copied as it stands: it shows the defaults', () => {
    expect(loadEnvironment(Object.fromEntries(example))).toEqual(loadEnvironment({}));
    const shown = [...example].filter(([, value]) => value !== '');
    const defaults = Object.entries(new Environment()).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    expect(new Map(shown)).toEqual(new Map(defaults.map(([name, value]) => [name, String(value)])));
  });

  it('lists no variable that is then ignored', () => {
    const filled = new Map([...example].map(([name, value]) => [name, value || (VALID[name] ?? '')]));
    const read = Object.entries(loadEnvironment(Object.fromEntries(filled)));
    expect(new Map(read.map(([name, value]) => [name, String(value)]))).toEqual(filled);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ForbiddenTarget, targetAddresses } from './target.js';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'hooks.example.com': ['93.184.216.34', '2606:2800:21f::1'],
  'inside.example.com': ['10.0.0.7'],
  'half.example.com': ['93.184.216.34', '127.0.0.1'],
  'mapped.example.com': ['::ffff:10.0.0.7'],
  localhost: ['127.0.0.1', '::1'],
};

const resolve = async (name: string): Promise<readonly string[]> => {
  const addresses = NAMES[name];
  if (addresses === undefined) throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
  return addresses;
};

const addressesOf = (url: string, allowPrivate = false): Promise<readonly string[]> =>
  targetAddresses(new URL(url), { allowPrivate, resolve });

describe('the target of a webhook (F70)', () => {
  it.each([
    ['https://hooks.example.com/slotkeeper', NAMES['hooks.example.com']],
    ['https://hooks.example.com:8443', NAMES['hooks.example.com']],
    ['https://93.184.216.34/', ['93.184.216.34']],
    ['https://[2606:2800:21f::1]:8443/', ['2606:2800:21f::1']],
    ['https://1572395042/', ['93.184.216.34']],
  ])('may be %s', async (url, addresses) => {
    expect(await addressesOf(url)).toEqual(addresses);
  });

  it.each([
    ['plain text', 'http://hooks.example.com/'],
    ['plain text on this machine', 'http://127.0.0.1/'],
    ['another protocol', 'ftp://hooks.example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['gopher', 'gopher://hooks.example.com:70/_x'],
    ['data', 'data:text/plain,x'],
    ['a user name', 'https://user@hooks.example.com/'],
    ['a password', 'https://:password@hooks.example.com/'],
    ['a dot at the end', 'https://hooks.example.com./'],
    ['this machine with a dot at the end', 'https://localhost./'],
    ['this machine', 'https://localhost/'],
    ['this machine', 'https://127.0.0.1/'],
    ['this machine in hexadecimal', 'https://0x7f000001/'],
    ['this machine as one number', 'https://2130706433/'],
    ['this machine in octal', 'https://0177.0.0.1/'],
    ['this machine in short', 'https://127.1/'],
    ['this machine in wide digits', 'https://１２７.０.０.１/'],
    ['this machine as IPv6', 'https://[::1]/'],
    ['no machine', 'https://0.0.0.0/'],
    ['where clouds keep credentials', 'https://169.254.169.254/latest/meta-data/'],
    ['the same as IPv6', 'https://[::ffff:169.254.169.254]/'],
    ['the same translated', 'https://[64:ff9b::a9fe:a9fe]/'],
    ['a private network', 'https://192.168.0.1/'],
    ['a name of a private address', 'https://inside.example.com/'],
    ['a name of a private address as IPv6', 'https://mapped.example.com/'],
    ['a name that has one private address among others', 'https://half.example.com/'],
  ])('is not %s: %s', async (_, url) => {
    await expect(addressesOf(url)).rejects.toBeInstanceOf(ForbiddenTarget);
  });

  it.each(['http://127.0.0.1:8080/', 'http://localhost:8080/', 'https://inside.example.com/'])(
    'may be %s where private targets are allowed',
    async (url) => expect((await addressesOf(url, true)).length).toBeGreaterThan(0),
  );

  it.each([
    'file:///etc/passwd',
    'gopher://hooks.example.com/',
    'http://user@localhost/',
    'http://localhost./',
  ])('is not %s even then', async (url) => {
    await expect(addressesOf(url, true)).rejects.toBeInstanceOf(ForbiddenTarget);
  });

  it('that has no address is no forbidden one', async () => {
    await expect(addressesOf('https://unknown.example.com/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

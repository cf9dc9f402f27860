import { describe, expect, it } from '@jest/globals';
import { ansi, plain, printable, textTable } from './text-table.js';

describe('textTable', () => {
  it('aligns columns and leaves no spaces at the end of a line', () => {
    expect(
      textTable(
        ['NAME', 'N'],
        [
          ['a', '1'],
          ['longer', ''],
        ],
        plain,
      ),
    ).toEqual(['NAME    N', 'a       1', 'longer']);
  });

  it('colours the text without disturbing the columns', () => {
    const [, row] = textTable(['STATUS', 'N'], [[{ text: 'ok', colour: 'green' }, '1']], ansi);
    expect(row).toBe('\u001b[32mok\u001b[0m      1');
  });

  it('cuts what is too long', () => {
    const [, row] = textTable(['NAME'], [['x'.repeat(60)]], plain);
    expect(row).toBe(`${'x'.repeat(45)}...`);
  });

  it('lets no name steer the terminal', () => {
    const [, row] = textTable(['NAME'], [['a\u001b[2Jb\nc']], plain);
    expect(row).toBe('a [2Jb c');
    expect(printable('abc\u202ejpg')).toBe('abc jpg');
  });
});

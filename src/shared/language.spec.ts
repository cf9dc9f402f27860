import { describe, expect, it } from '@jest/globals';
import { languageOf } from './language.js';

describe('languageOf', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-de,en;q=0.5', 'de'],
    ['en-US,en;q=0.9,de;q=0.8', 'en'],
    ['fr,de;q=0.7,en;q=0.3', 'de'],
    ['de;q=0.3, en;q=0.7', 'en'],
    ['fr-FR,es;q=0.9', 'en'],
    ['*', 'en'],
    ['fr,*;q=0.5', 'en'],
    ['de;q=0', 'en'],
    ['de;q=nonsense,;;;,q=', 'de'],
    ['deutsch', 'en'],
  ])('answers %j in "%s"', (accepted, language) => {
    expect(languageOf(accepted)).toBe(language);
  });

  it('does not read a header without end', () => {
    expect(languageOf(`${'fr,'.repeat(10_000)}de`)).toBe('en');
  });
});

import type { Language } from '../shared/language.js';

export type Block =
  | { readonly kind: 'text' | 'heading' | 'small'; readonly text: string }
  | { readonly kind: 'button'; readonly label: string; readonly url: string };

/** What an e-mail says, in whichever form it is read. */
export interface LetterContent {
  readonly language: Language;
  readonly subject: string;
  readonly blocks: readonly Block[];
}

export function text(words: string): Block {
  return { kind: 'text', text: words };
}

export function heading(words: string): Block {
  return { kind: 'heading', text: words };
}

export function small(words: string): Block {
  return { kind: 'small', text: words };
}

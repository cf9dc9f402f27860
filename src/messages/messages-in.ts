import { languageOf, type Language } from '../shared/language.js';
import { DE } from './de.js';
import { EN } from './en.js';
import type { Messages } from './messages.js';

const MESSAGES: Readonly<Record<Language, Messages>> = { en: EN, de: DE };

export function messagesIn(language: Language): Messages {
  return MESSAGES[language];
}

/** In the language of somebody's browser. */
export function messagesFor({ headers }: { readonly headers: AcceptedLanguage }): Messages {
  return messagesIn(languageOf(headers['accept-language']));
}

interface AcceptedLanguage {
  readonly 'accept-language'?: string | undefined;
}

import type { Language } from '../shared/language.js';
import type { Instant } from '../shared/time.js';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** "Wednesday 10 March 2027": a day as people write it. @param timeZone IANA name */
export function dayText(at: Instant, timeZone: string, language: Language): string {
  const parts = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
  return new Intl.DateTimeFormat(LOCALES[language], { ...parts, timeZone }).format(at);
}

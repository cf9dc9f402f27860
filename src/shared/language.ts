/** The languages that people are written to in. */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

const MAX_RANGES = 20;

/**
 * The language that a browser asks for most. English when it asks for none that there is.
 *
 * @param accepted the header `Accept-Language`
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function languageOf(accepted: string | undefined): Language {
  const ranges = (accepted ?? '').split(',', MAX_RANGES).map(rangeOf);
  const wanted = ranges.filter(({ weight }) => weight > 0).toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of wanted) {
    const known = LANGUAGES.find((language) => tag === language || tag === '*');
    if (known !== undefined) return known;
  }
  return 'en';
}

/** `de-CH;q=0.8` asks for German, whatever the country. */
function rangeOf(text: string): { readonly tag: string; readonly weight: number } {
  const [range = '', ...parameters] = text.split(';');
  const weights = parameters.map((parameter) => /^\s*q\s*=\s*([\d.]+)\s*$/i.exec(parameter)?.[1]);
  const [tag = ''] = range.trim().toLowerCase().split('-');
  return { tag, weight: Number(weights.find((weight) => weight !== undefined) ?? 1) || 0 };
}

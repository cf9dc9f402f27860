import type { FailureCategory } from './api/views.js';

const NUMBERS = new Intl.NumberFormat('en');
const SHARES = new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 2 });

export function number(value: number): string {
  return NUMBERS.format(value);
}

export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}

/** Cut and not rounded, so that nothing is called whole that is not. */
export function percent(share: number | null): string {
  if (share === null) return 'not known';
  const hundredths = Math.floor(share * 10_000 + 1e-9);
  return hundredths % 10_000 === 0 ? `${hundredths / 100}%` : SHARES.format(hundredths / 10_000);
}

/** What each failure means, for a person. */
export const CATEGORIES: Readonly<Record<FailureCategory, string>> = {
  missing_tokens: 'Not authorized',
  expired_tokens: 'Authorization expired',
  connection_error: 'Google does not answer',
  permission_error: 'No permission',
  calendar_not_found: 'Calendar is gone',
  rate_limited: 'Google asks to slow down',
  malformed_data: 'Unreadable data',
  provider_misconfigured: 'OAuth client refused',
};

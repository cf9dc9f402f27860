const AUTH = 'https://www.googleapis.com/auth/';

export const EMAIL_SCOPE = `${AUTH}userinfo.email`;
const PROFILE_SCOPE = `${AUTH}userinfo.profile`;

/** Scopes that sign a person in. The consent page shows them, but nobody can untick them. */
const IDENTITY: Readonly<Record<string, string>> = {
  openid: 'Associate you with your personal info on Google',
  [EMAIL_SCOPE]: 'See your primary Google Account email address',
  [PROFILE_SCOPE]: 'See your personal info',
};

const CALENDAR: Readonly<Record<string, string>> = {
  [`${AUTH}calendar`]: 'See, edit, share, and permanently delete all calendars',
  [`${AUTH}calendar.readonly`]: 'See and download any calendar',
  [`${AUTH}calendar.events`]: 'View and edit events on all your calendars',
  [`${AUTH}calendar.events.readonly`]: 'View events on all your calendars',
  [`${AUTH}calendar.events.owned`]: 'View and edit events on calendars you own',
  [`${AUTH}calendar.events.owned.readonly`]: 'View events on calendars you own',
  [`${AUTH}calendar.events.public.readonly`]: 'View events on public calendars',
  [`${AUTH}calendar.events.freebusy`]: 'See the availability on calendars you have access to',
  [`${AUTH}calendar.freebusy`]: 'View your availability in your calendars',
  [`${AUTH}calendar.calendarlist`]: 'See, add, and remove calendars you are subscribed to',
  [`${AUTH}calendar.calendarlist.readonly`]: 'See the list of calendars you are subscribed to',
  [`${AUTH}calendar.calendars`]: 'See and change the properties of calendars, and create secondary ones',
  [`${AUTH}calendar.calendars.readonly`]: 'See the title, description and zone of calendars',
  [`${AUTH}calendar.app.created`]: 'Make secondary calendars and manage the events on them',
  [`${AUTH}calendar.settings.readonly`]: 'View your calendar settings',
};

const SHORT = new Map([
  ['email', EMAIL_SCOPE],
  ['profile', PROFILE_SCOPE],
]);

/** The scopes of a space-separated list under their full names, each once. */
export function parseScopes(text: string): string[] {
  const names = text.split(' ').filter((name) => name !== '');
  return [...new Set(names.map((name) => SHORT.get(name) ?? name))];
}

export function isKnownScope(scope: string): boolean {
  return isIdentityScope(scope) || Object.hasOwn(CALENDAR, scope);
}

export function isIdentityScope(scope: string): boolean {
  return Object.hasOwn(IDENTITY, scope);
}

/** What the consent page says about a scope. */
export function scopeText(scope: string): string {
  return IDENTITY[scope] ?? CALENDAR[scope] ?? scope;
}

/** The full names of Calendar scopes given by their last parts (`calendar.events`). */
export function calendarScopes(...names: readonly string[]): string[] {
  return names.map((name) => AUTH + name);
}

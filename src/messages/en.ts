import type { MailTexts, Messages, PageTexts } from './messages.js';

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
const named = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');

const PAGES: PageTexts = {
  account: (email, workspace) =>
    `This is about the Google account ${email}, which is connected to ${workspace}.`,
  goOn: 'Continue to Google',
  stopped: {
    title: 'Reconnect your calendar',
    next: (email) =>
      `What to do: continue to Google, choose ${email}, and allow the access. If you see boxes to tick, tick all of them.`,
    nextAfterAdmin: (email) =>
      `What to do: ask the administrator of your organization first. Once that is settled, continue to Google, choose ${email}, and allow the access.`,
    kept: 'It takes a minute. Your calendars, settings and appointments stay as they are.',
  },
  ours: {
    title: 'You do not have to do anything',
    text: 'The fault is on our side.',
    next: 'The calendar comes back by itself as soon as we have mended it.',
  },
  working: {
    title: 'Your calendar is connected',
    text: 'Everything works, so you do not have to do anything.',
    next: 'If you were asked to authorize the account again all the same, continue to Google.',
  },
  ending: {
    title: 'Renew the connection of your calendar',
    text: (day) => `Everything still works, but Google ends the authorization on ${day}.`,
    next: 'What to do: continue to Google and allow the access again before then. Nothing is interrupted.',
  },
  disconnected: {
    title: 'This calendar was disconnected',
    text: 'Somebody disconnected the account here, so it is not used any more.',
    next: 'If you want to connect it again, continue to Google and allow the access.',
  },
  badLink: {
    title: 'This link does not work any more',
    text: 'Such a link works for seven days, and only when it is complete.',
    next: 'What to do: look for a newer e-mail from us, since each has a fresh link, or ask whoever gave you this one for another. If you copied the link, check that nothing is missing at its end.',
  },
  connected: {
    title: 'Your calendar is connected',
    text: (email, calendars) =>
      calendars === 0
        ? `${email} is connected. Its calendars will appear within a few minutes.`
        : `${email} is connected with ${counted(calendars, 'calendar', 'calendars')}.`,
    next: 'There is nothing else to do. You can close this window.',
  },
  failed: {
    title: 'Your calendar is not connected',
    titleOver: 'This attempt is over',
    text: {
      cancelled: 'The consent was cancelled at Google, so nothing was changed.',
      permissions: 'Some permissions were not granted, and nothing works without them.',
      blocked: 'Your organization does not let this service use Google Calendar.',
      other_account: 'You chose another Google account than the one that is to be connected.',
      ours: 'Google refuses this service. The fault is on our side.',
      unavailable: 'Google does not answer at the moment.',
      over: 'More than ten minutes have passed, or it was finished before.',
      incomplete: 'Google did not complete the consent, so nothing was changed.',
    },
    next: {
      cancelled: 'If you want to connect the calendar, start again and allow the access.',
      permissions: 'Start again, and tick all the boxes that Google shows.',
      blocked: 'Ask the administrator of your Google Workspace to allow it, then start again.',
      other_account: 'Start again and choose the right account.',
      ours: 'Please tell whoever asked you to connect the calendar, and try again later.',
      unavailable: 'Wait a few minutes, then start again.',
      over: 'If your calendar is connected by now, there is nothing to do. If not, please start again.',
      incomplete: 'Please start again.',
    },
    whereToStart: 'To start again, go back to where you came from, or open the link in our e-mail once more.',
    startAgain: 'Start again',
    reference: (requestId) => `If you ask for help, give this reference: ${requestId}`,
  },
};

const MAILS: MailTexts = {
  greeting: 'Hello,',
  stopped: {
    subject: (email) => `Please reconnect your calendar: ${email}`,
    lead: (email, workspace) =>
      `The connection between ${workspace} and the Google calendar of ${email} has stopped.`,
  },
  reminder: {
    subject: (email) => `Reminder: please reconnect your calendar: ${email}`,
    lead: (email, workspace, day) =>
      `The connection between ${workspace} and the Google calendar of ${email} has been interrupted since ${day}.`,
    last: 'This is the last time that we remind you.',
  },
  recovered: {
    subject: (email) => `Your calendar is connected again: ${email}`,
    lead: (email, workspace) =>
      `The connection between ${workspace} and the Google calendar of ${email} works again.`,
    next: 'There is nothing else to do, and earlier e-mails about it do not matter any more.',
  },
  administrator: {
    subject: (email) => `A setting of your Google Workspace stops the calendar of ${email}`,
    change: {
      session:
        'In the Google Admin console, under Security, Access and data control, Google Cloud session control, your organization asks for a new sign-in after some hours. Check “Exempt trusted apps” there, and mark this app as trusted under Security, Access and data control, API controls. Otherwise the calendar stops again when the time is over. Google explains it at https://support.google.com/a/answer/9368756',
      blocked:
        'In the Google Admin console, under Security, Access and data control, API controls, open the list of third-party apps and mark this app as trusted, for the part of your organization that the account belongs to. Google explains it at https://support.google.com/a/answer/7281227',
    },
    client: (clientId) => `You find the app by its client ID: ${clientId}`,
    afterwards: (email) =>
      `After that, somebody who can sign in as ${email} opens this link, allows the access at Google, and it works again. You may forward this e-mail.`,
  },
  happened: 'What happened',
  affected: {
    title: 'What it affects',
    configurations: (names, more) =>
      `As long as this lasts, appointments of this kind cannot be offered reliably: ${named(names)}${more > 0 ? `, and ${counted(more, 'other', 'others')}` : ''}.`,
    bookings: (count) =>
      count === 0
        ? 'No appointments are coming up in this calendar.'
        : `${counted(count, 'appointment is', 'appointments are')} coming up in this calendar. ${count === 1 ? 'It stays as it is' : 'They stay as they are'}, but changes do not reach the calendar.`,
    nothing: 'No appointments depend on this calendar at the moment.',
  },
  todo: {
    title: 'What to do',
    text: (email) =>
      `Open this link, choose ${email} at Google, and allow the access. It takes a minute, and your calendars, settings and appointments stay as they are.`,
  },
  button: (email) => `Reconnect ${email}`,
  link: (day) => `The link works for this account only, without a password of ours, until ${day}.`,
  why: (email, workspace) =>
    `You get this e-mail because ${email} is connected to ${workspace}. It was sent automatically.`,
};

export const EN: Messages = {
  language: 'en',
  reasons: {
    ended:
      'Google does not accept our authorization for the account any more. That happens, for example, when the access is withdrawn in the settings of the Google account, or when it runs out.',
    permissions: 'When the account was connected, not all permissions were granted that are needed.',
    protected:
      'The protection of the Google account does not allow the access, for example because it takes part in the Advanced Protection Program.',
    session: 'Your organization asks for a new sign-in at Google after some time, and that time was over.',
    blocked: 'Your organization, in its Google Workspace, does not let this service use Google Calendar.',
    ours: 'Google refuses this service. The fault is on our side.',
  },
  pages: PAGES,
  mails: MAILS,
};

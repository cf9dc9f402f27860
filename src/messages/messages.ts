import type { Language } from '../shared/language.js';
import type { StopReason } from './stop-reason.js';

/** Why a consent led to nothing, as far as people can do something with it. */
export type ConsentProblem =
  'cancelled' | 'permissions' | 'blocked' | 'other_account' | 'ours' | 'unavailable' | 'over' | 'incomplete';

/** A heading, and what is to be said and done. */
interface Notice {
  readonly title: string;
  readonly text: string;
  readonly next: string;
}

export interface PageTexts {
  /** Whose account a page is about. */
  readonly account: (email: string, workspace: string) => string;
  readonly goOn: string;
  readonly stopped: {
    readonly title: string;
    readonly next: (email: string) => string;
    /** The same when an administrator comes first. */
    readonly nextAfterAdmin: (email: string) => string;
    readonly kept: string;
  };
  readonly ours: Notice;
  readonly working: Notice;
  readonly ending: { readonly title: string; readonly text: (day: string) => string; readonly next: string };
  readonly disconnected: Notice;
  readonly badLink: Notice;
  readonly connected: {
    readonly title: string;
    /** `calendars` is 0 when the list could not be read just now. */
    readonly text: (email: string, calendars: number) => string;
    readonly next: string;
  };
  readonly failed: {
    readonly title: string;
    /** Where it is not known whether it was finished before, as when a page is loaded again. */
    readonly titleOver: string;
    readonly text: Readonly<Record<ConsentProblem, string>>;
    /** Where there is a button to start again. */
    readonly next: Readonly<Record<ConsentProblem, string>>;
    /** Where there is none. */
    readonly whereToStart: string;
    readonly startAgain: string;
    readonly reference: (requestId: string) => string;
  };
}

export interface MailTexts {
  readonly greeting: string;
  readonly stopped: {
    readonly subject: (email: string) => string;
    readonly lead: (email: string, workspace: string) => string;
  };
  readonly reminder: {
    readonly subject: (email: string) => string;
    readonly lead: (email: string, workspace: string, day: string) => string;
    readonly last: string;
  };
  readonly recovered: {
    readonly subject: (email: string) => string;
    readonly lead: (email: string, workspace: string) => string;
    readonly next: string;
  };
  /** To who administers the Google Workspace. */
  readonly administrator: {
    readonly subject: (email: string) => string;
    readonly change: Readonly<Record<'session' | 'blocked', string>>;
    /** By which the service is found in the list of apps. */
    readonly client: (clientId: string) => string;
    readonly afterwards: (email: string) => string;
  };
  readonly happened: string;
  readonly affected: {
    readonly title: string;
    /** `more` are not named. */
    readonly configurations: (names: readonly string[], more: number) => string;
    readonly bookings: (count: number) => string;
    readonly nothing: string;
  };
  readonly todo: { readonly title: string; readonly text: (email: string) => string };
  readonly button: (email: string) => string;
  readonly link: (day: string) => string;
  readonly why: (email: string, workspace: string) => string;
}

/** All that people read who are no engineers. A language without one of the texts does not compile. */
export interface Messages {
  readonly language: Language;
  readonly reasons: Readonly<Record<StopReason, string>>;
  readonly pages: PageTexts;
  readonly mails: MailTexts;
}

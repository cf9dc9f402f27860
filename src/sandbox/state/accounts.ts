import { createHash } from 'node:crypto';

export const ACCESS_ROLES = [
  'freeBusyReader',
  'reader',
  'writerWithoutPrivateAccess',
  'writer',
  'owner',
] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

export interface Calendar {
  readonly id: string;
  readonly summary: string;
  readonly timeZone: string;
  /** The account that made it. */
  readonly owner: string;
}

/** A calendar as one account sees it. */
export interface CalendarEntry {
  readonly calendarId: string;
  readonly accessRole: AccessRole;
  readonly primary: boolean;
  readonly hidden: boolean;
  readonly deleted: boolean;
  readonly summaryOverride?: string;
  /** Grows with every change in the world; sync tokens and etags are made of it. */
  readonly revision: number;
}

export interface Account {
  readonly email: string;
  /** Google's number for the person, 21 digits. */
  readonly sub: string;
  readonly name: string;
  readonly entries: CalendarEntry[];
}

export interface NewCalendar {
  readonly id?: string;
  readonly name: string;
  readonly timezone: string;
  readonly accessRole?: AccessRole;
  readonly hidden?: boolean;
  readonly summaryOverride?: string;
}

export interface NewAccount {
  readonly email: string;
  readonly sub?: string;
  readonly name?: string;
  readonly calendars: readonly NewCalendar[];
}

/** Accounts, their calendars and who may do what on them. E-mail addresses ignore letter case. */
export class Accounts {
  readonly accounts = new Map<string, Account>();
  readonly calendars = new Map<string, Calendar>();

  constructor(private readonly nextRevision: () => number) {}

  find(email: string): Account | undefined {
    return this.accounts.get(email.toLowerCase());
  }

  /**
   * The first calendar without an id is the primary one and takes the address of the account. A calendar
   * id that exists already shares that calendar with this account.
   */
  add({ email, sub, name, calendars }: NewAccount): Account {
    const key = email.toLowerCase();
    const account: Account = { email, sub: sub ?? subjectOf(key), name: name ?? email, entries: [] };
    this.accounts.set(key, account);
    for (const calendar of calendars) this.addCalendar(account, calendar);
    return account;
  }

  addCalendar(
    account: Account,
    { id, name, timezone, accessRole, hidden, summaryOverride }: NewCalendar,
  ): Calendar {
    const hasPrimary = account.entries.some((entry) => entry.primary);
    const calendarId = id ?? (hasPrimary ? groupId(account.email, name) : account.email);
    const calendar = this.calendars.get(calendarId) ?? {
      id: calendarId,
      summary: name,
      timeZone: timezone,
      owner: account.email,
    };
    this.calendars.set(calendarId, calendar);
    this.put(account, {
      calendarId,
      accessRole: accessRole ?? (calendar.owner === account.email ? 'owner' : 'reader'),
      primary: calendarId.toLowerCase() === account.email.toLowerCase(),
      hidden: hidden ?? false,
      deleted: false,
      revision: 0,
      ...(summaryOverride === undefined ? {} : { summaryOverride }),
    });
    return calendar;
  }

  /** Changes what an account may do on a calendar; undefined when it does not have it. */
  setRole(account: Account, calendarId: string, accessRole: AccessRole): CalendarEntry | undefined {
    const entry = this.entry(account, calendarId);
    return entry && this.put(account, { ...entry, accessRole });
  }

  /** Takes the calendar from one account, or, without one, from the world. False when it is not there. */
  removeCalendar(calendarId: string, account?: Account): boolean {
    const holders = account ? [account] : [...this.accounts.values()];
    const entries = holders.flatMap((holder) => {
      const entry = this.entry(holder, calendarId);
      return entry ? [this.put(holder, { ...entry, deleted: true })] : [];
    });
    if (!account) return this.calendars.delete(calendarId) || entries.length > 0;
    return entries.length > 0;
  }

  /** The live entry for an id as a client writes it: `primary` and any letter case are understood. */
  entry(account: Account, id: string): CalendarEntry | undefined {
    const wanted = id === 'primary' ? account.email.toLowerCase() : id.toLowerCase();
    return account.entries.find(
      (entry) =>
        !entry.deleted && entry.calendarId.toLowerCase() === wanted && this.calendars.has(entry.calendarId),
    );
  }

  private put(account: Account, entry: CalendarEntry): CalendarEntry {
    const stored = { ...entry, revision: this.nextRevision() };
    const at = account.entries.findIndex(({ calendarId }) => calendarId === entry.calendarId);
    account.entries.splice(at < 0 ? account.entries.length : at, at < 0 ? 0 : 1, stored);
    return stored;
  }
}

function subjectOf(email: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(email).digest('hex')}`).toString();
  return `1${digits.slice(0, 20)}`;
}

function groupId(email: string, name: string): string {
  const hash = createHash('sha256').update(`${email}\n${name}`).digest('hex').slice(0, 26);
  return `c_${hash}@group.calendar.google.com`;
}

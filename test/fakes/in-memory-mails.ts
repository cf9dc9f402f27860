import type { Clock } from '../../src/shared/clock.js';
import type { Instant } from '../../src/shared/time.js';
import {
  isAsking,
  type Mail,
  type MailKey,
  type MailStatus,
  type PlannedMail,
} from '../../src/notifications/mail.js';
import { Mails, type Claim, type RefusedMail } from '../../src/notifications/mails.js';

/** How it stands with an account, or with a fault of the operator's. */
export interface Standing {
  /** The latest stop of an account, while it stands still. */
  readonly stops: Map<string, string>;
  readonly working: Set<string>;
  /** When the faults of the operator's were last met, by episode. */
  readonly metAt: Map<string, Instant>;
}

interface Row extends Mail {
  readonly claimedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly smtpStatus: number | null;
}

const TOLD: readonly MailStatus[] = ['sending', 'sent', 'unknown'];

/** Its clock stands in for that of the database. */
export class InMemoryMails extends Mails {
  readonly #rows = new Map<string, Row>();
  /** When the jobs are due that send them. */
  readonly jobs = new Map<string, Instant>();
  readonly standing: Standing = { stops: new Map(), working: new Set(), metAt: new Map() };

  constructor(private readonly clock: Clock) {
    super();
  }

  async plan(mails: readonly PlannedMail[]): Promise<void> {
    const state = { status: 'planned', attempts: 0, recipient: null } as const;
    const times = { claimedAt: null, endedAt: null, smtpStatus: null };
    for (const mail of mails) {
      if (this.#rows.has(nameOf(mail))) continue;
      this.#rows.set(nameOf(mail), { ...mail, ...state, ...times });
      this.jobs.set(nameOf(mail), mail.dueAt);
    }
  }

  async find(key: MailKey): Promise<Mail | null> {
    return this.#rows.get(nameOf(key)) ?? null;
  }

  async lastFirstAt(connectionId: string): Promise<Instant | null> {
    return this.#told(connectionId).findLast(({ step }) => step === 'stopped')?.claimedAt ?? null;
  }

  async toldEpisode(connectionId: string): Promise<Pick<Mail, 'episode' | 'episodeBeganAt'> | null> {
    const last = this.#told(connectionId).findLast(({ step }) => isAsking(step));
    return last === undefined ? null : { episode: last.episode, episodeBeganAt: last.episodeBeganAt };
  }

  async recipientOf(episode: string): Promise<string | null> {
    const told = [...this.#rows.values()].filter((row) => row.episode === episode && isTold(row));
    return told.toSorted(byClaim).at(-1)?.recipient ?? null;
  }

  async claim(key: MailKey, recipient: string, calmMs: number): Promise<Claim> {
    const row = this.#rows.get(nameOf(key));
    if (row?.status !== 'planned') return 'taken';
    if (!this.#isWanted(row)) {
      this.#put({ ...row, status: 'cancelled', endedAt: this.clock.now() });
      return 'over';
    }
    if (row.step === 'mended' && (this.#isMet(row, calmMs) || this.#alertOf(row)?.status === 'planned'))
      return 'early';
    this.#put({ ...row, status: 'sending', recipient, claimedAt: this.clock.now() });
    return 'claimed';
  }

  async settle(
    key: MailKey,
    status: 'sent' | 'failed' | 'unknown',
    smtpStatus: number | null,
  ): Promise<void> {
    const row = this.#rows.get(nameOf(key));
    if (row === undefined || !['planned', 'sending', 'unknown'].includes(row.status)) return;
    this.#put({ ...row, status, smtpStatus, endedAt: this.clock.now() });
  }

  async postpone(key: MailKey, pauseMs: number): Promise<void> {
    const row = this.#rows.get(nameOf(key));
    if (row?.status !== 'planned' && row?.status !== 'sending') return;
    this.#put({ ...row, status: 'planned', attempts: row.attempts + 1, claimedAt: null });
    this.jobs.set(nameOf(key), this.clock.now() + pauseMs);
  }

  async reschedule(key: MailKey, delayMs: number): Promise<void> {
    const row = this.#rows.get(nameOf(key));
    if (row?.status !== 'planned') return;
    const dueAt = this.clock.now() + delayMs;
    this.#put({ ...row, dueAt });
    this.jobs.set(nameOf(key), dueAt);
  }

  async cancel(key: MailKey): Promise<void> {
    const row = this.#rows.get(nameOf(key));
    if (row?.status === 'planned') this.#put({ ...row, status: 'cancelled', endedAt: this.clock.now() });
  }

  async cancelStale(connectionId: string): Promise<void> {
    const stale = [...this.#rows.values()].filter(
      (row) => row.connectionId === connectionId && isAsking(row.step) && !this.#stands(row),
    );
    for (const row of stale) {
      if (row.status !== 'planned') continue;
      await this.cancel(row);
      this.jobs.delete(nameOf(row));
    }
  }

  /** Whose account it is, and of which workspace, no row knows here. */
  async refused(): Promise<RefusedMail[]> {
    const latest = new Map(
      [...this.#rows.values()]
        .filter(({ step, status }) => isAsking(step) && (status === 'failed' || status === 'sent'))
        .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))
        .map((row) => [row.episode, row]),
    );
    return [...latest.values()].flatMap((row) =>
      row.status !== 'failed' || row.connectionId === null || !this.#stands(row)
        ? []
        : {
            workspaceId: '',
            connectionId: row.connectionId,
            accountEmail: '',
            since: row.endedAt ?? 0,
            smtpStatus: row.smtpStatus,
          },
    );
  }

  async removeOlderThan(ageMs: number): Promise<void> {
    const since = this.clock.now() - ageMs;
    const recent = new Set(
      [...this.#rows.values()].filter(({ dueAt }) => dueAt >= since).map(({ episode }) => episode),
    );
    for (const [name, row] of this.#rows) if (!recent.has(row.episode)) this.#rows.delete(name);
  }

  #told(connectionId: string): Row[] {
    const rows = [...this.#rows.values()].filter((row) => row.connectionId === connectionId && isTold(row));
    return rows.toSorted(byClaim);
  }

  #isWanted(row: Row): boolean {
    if (row.step === 'recovered') return this.standing.working.has(row.connectionId ?? '');
    if (row.step === 'alert') return this.standing.metAt.has(row.episode);
    if (row.step === 'mended') {
      const alert = this.#alertOf(row);
      return alert !== undefined && (alert.status === 'planned' || isTold(alert));
    }
    return this.#stands(row) && !this.#hasLaterDue(row);
  }

  #stands({ episode, connectionId }: Row): boolean {
    return this.standing.stops.get(connectionId ?? '') === episode;
  }

  #hasLaterDue({ episode, dueAt }: Row): boolean {
    return [...this.#rows.values()].some(
      (other) =>
        other.episode === episode &&
        isAsking(other.step) &&
        other.dueAt > dueAt &&
        other.dueAt <= this.clock.now(),
    );
  }

  #alertOf({ episode }: Row): Row | undefined {
    return this.#rows.get(nameOf({ episode, step: 'alert' }));
  }

  #isMet({ episode }: Row, calmMs: number): boolean {
    return (this.standing.metAt.get(episode) ?? -Infinity) >= this.clock.now() - calmMs;
  }

  #put(row: Row): void {
    this.#rows.set(nameOf(row), row);
  }
}

function nameOf({ episode, step }: MailKey): string {
  return `${episode}/${step}`;
}

function isTold({ status }: Row): boolean {
  return TOLD.includes(status);
}

function byClaim(a: Row, b: Row): number {
  return (a.claimedAt ?? 0) - (b.claimedAt ?? 0);
}

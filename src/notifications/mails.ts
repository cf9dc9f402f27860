import type { Instant } from '../shared/time.js';
import type { WorkspaceScope } from '../workspaces/workspace.js';
import type { Mail, MailKey, PlannedMail } from './mail.js';

/**
 * What a claim came to. `claimed`: for this caller to send. `over`: what it would say is not so any more. `early`: it is
 * still too soon to say it. `taken`: another has sent or claimed it.
 */
export type Claim = 'claimed' | 'over' | 'early' | 'taken';

/** An e-mail that the mail server refused for good, and that would still be wanted. */
export interface RefusedMail {
  readonly workspaceId: string;
  readonly connectionId: string;
  readonly accountEmail: string;
  readonly since: Instant;
  /** The answer of the mail server; null: it never took the e-mail, for days. */
  readonly smtpStatus: number | null;
}

/**
 * The e-mails that were planned and what became of them. Each goes out once: by compare-and-set on its status before it
 * is sent. What is planned or put off has a job in the queue, made by the same statement.
 */
export abstract class Mails {
  /** Leaves alone what was planned before. */
  abstract plan(mails: readonly PlannedMail[]): Promise<void>;
  abstract find(key: MailKey): Promise<Mail | null>;
  /** When the first e-mail about a stop of the account last went out, or may have. */
  abstract lastFirstAt(connectionId: string): Promise<Instant | null>;
  /** The latest stop of the account that anybody was told of. */
  abstract toldEpisode(connectionId: string): Promise<Pick<Mail, 'episode' | 'episodeBeganAt'> | null>;
  /** Whom the e-mails of an episode went to last. */
  abstract recipientOf(episode: string): Promise<string | null>;
  /**
   * `planned` to `sending`, if what it says is true now; else to `cancelled`. The account stands still and this is its
   * latest stop; or it works again; or the operator's fault is not known to be mended; or the operator was told of it, and
   * nobody met it for `calmMs`. Of several that ask for the same and are due, the latest is wanted.
   */
  abstract claim(key: MailKey, recipient: string, calmMs: number): Promise<Claim>;
  /** The end of what was claimed. @param smtpStatus what the mail server answered, if it did */
  abstract settle(
    key: MailKey,
    status: 'sent' | 'failed' | 'unknown',
    smtpStatus: number | null,
  ): Promise<void>;
  /** It could not be sent: back to `planned`, with a job in `pauseMs`. When it was due stays as it is. */
  abstract postpone(key: MailKey, pauseMs: number): Promise<void>;
  /** A planned one is due in `delayMs`, and was not before. */
  abstract reschedule(key: MailKey, delayMs: number): Promise<void>;
  abstract cancel(key: MailKey): Promise<void>;
  /** What asks somebody to mend the account, and is not wanted any more. */
  abstract cancelStale(connectionId: string): Promise<void>;
  abstract refused(scope: WorkspaceScope): Promise<RefusedMail[]>;
  /** Removes episodes all of whose e-mails were due longer ago. */
  abstract removeOlderThan(ageMs: number): Promise<void>;
}

export type MailAudience = 'owners' | 'operator';

/** Whom e-mails are planned for: known to the database, whose statements write down what they are told of. */
export abstract class MailAudiences {
  /** An instance says whom it writes to. What no instance has said for a day is not planned for any more. */
  abstract renew(audiences: readonly MailAudience[]): Promise<void>;
}

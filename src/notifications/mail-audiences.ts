export type MailAudience = 'owners' | 'operator';

/** Whom e-mails are planned for: known to the database, whose statements write down what they are told of. */
export abstract class MailAudiences {
  abstract set(audiences: readonly MailAudience[]): Promise<void>;
}

import { Injectable } from '@nestjs/common';
import { dayText } from '../messages/day-text.js';
import { messagesIn } from '../messages/messages-in.js';
import { isAdministrators, stopReason, type StopReason } from '../messages/stop-reason.js';
import { ReauthLinks } from '../oauth/reauth-links.js';
import { Config } from '../shared/config.js';
import { FindDependents } from './dependents.js';
import { letterTo } from './letter.js';
import type { LetterContent } from './letter-content.js';
import { isAsking, type AskingStep, type Mail } from './mail.js';
import { Mails } from './mails.js';
import { recoveryLetter, stopLetter } from './owner-letter.js';
import type { Letter } from './postman.js';
import { ReadAccount, type Account } from './read-account.js';

type OwnerMail = Mail & { readonly connectionId: string };

/** E-mails about an account, to its owner or to the administrator of its organization. */
@Injectable()
export class OwnerLetters {
  constructor(
    private readonly accounts: ReadAccount,
    private readonly mails: Mails,
    private readonly dependents: FindDependents,
    private readonly links: ReauthLinks,
    private readonly config: Config,
  ) {}

  /** Null when the account is gone, or nothing is wrong with it that its people can mend. */
  async write(mail: OwnerMail): Promise<Letter | null> {
    const account = await this.accounts.execute(mail.connectionId);
    if (account === null) return null;
    const { step } = mail;
    if (!isAsking(step)) return this.#recovery(mail, account);
    const { lastError } = account.connection;
    if (lastError === null) return null;
    const reason = stopReason(lastError);
    if (reason === 'ours') return null;
    const content = await this.#stop(mail, step, reason, account);
    return letterTo(addressee(reason, account), mail, content);
  }

  async #recovery(mail: Mail, { connection, workspace }: Account): Promise<Letter | null> {
    const recipient = await this.mails.recipientOf(mail.episode);
    if (recipient === null) return null;
    const facts = { account: connection.accountEmail, workspace: workspace.name };
    return letterTo(recipient, mail, recoveryLetter(facts, messagesIn(workspace.language)));
  }

  async #stop(
    mail: Mail,
    step: AskingStep,
    reason: StopReason,
    { connection, workspace }: Account,
  ): Promise<LetterContent> {
    const { timezone, language } = workspace;
    const { url, endsAt } = this.links.issue(connection.id);
    const facts = {
      ...(await this.dependents.execute(connection.id)),
      account: connection.accountEmail,
      workspace: workspace.name,
      step,
      reason,
      since: dayText(mail.episodeBeganAt, timezone, language),
      link: url,
      linkUntil: dayText(endsAt, timezone, language),
      clientId: this.config.google.clientId,
    };
    return stopLetter(facts, messagesIn(language));
  }
}

/** F03, F07: an owner cannot change what an administrator has set. */
function addressee(reason: StopReason, { connection, workspace }: Account): string {
  return (isAdministrators(reason) ? workspace.adminEmail : null) ?? connection.accountEmail;
}

import type { Messages } from '../messages/messages.js';
import { isAdministrators, type StopReason } from '../messages/stop-reason.js';
import type { Dependents } from './dependents.js';
import { heading, small, text, type Block, type LetterContent } from './letter-content.js';
import type { AskingStep } from './mail.js';

/** So many configurations are named. */
const NAMED = 5;

export interface AccountFacts {
  readonly account: string;
  readonly workspace: string;
}

export interface StopFacts extends AccountFacts, Dependents {
  readonly step: AskingStep;
  readonly reason: StopReason;
  /** Days, in words. */
  readonly since: string;
  readonly linkUntil: string;
  readonly link: string;
  /** By which an administrator finds this service at Google. */
  readonly clientId: string;
}

/** What broke, what depends on it, and the one thing to do. */
export function stopLetter(facts: StopFacts, { language, mails, reasons }: Messages): LetterContent {
  const { account, workspace, step, reason, link, linkUntil } = facts;
  const lead =
    step === 'stopped'
      ? mails.stopped.lead(account, workspace)
      : mails.reminder.lead(account, workspace, facts.since);
  return {
    language,
    subject: subjectOf(facts, mails),
    blocks: [
      text(mails.greeting),
      text(lead),
      heading(mails.happened),
      text(reasons[reason]),
      heading(mails.affected.title),
      ...affected(facts, mails),
      heading(mails.todo.title),
      ...todo(facts, mails),
      { kind: 'button', label: mails.button(account), url: link },
      text(mails.link(linkUntil)),
      ...(step === 'reminder_14' ? [text(mails.reminder.last)] : []),
      small(mails.why(account, workspace)),
    ],
  };
}

export function recoveryLetter({ account, workspace }: AccountFacts, messages: Messages): LetterContent {
  const { language, mails } = messages;
  const { subject, lead, next } = mails.recovered;
  const blocks = [
    text(mails.greeting),
    text(lead(account, workspace)),
    text(next),
    small(mails.why(account, workspace)),
  ];
  return { language, subject: subject(account), blocks };
}

type Texts = Messages['mails'];

function subjectOf({ account, step, reason }: StopFacts, mails: Texts): string {
  if (isAdministrators(reason)) return mails.administrator.subject(account);
  return step === 'stopped' ? mails.stopped.subject(account) : mails.reminder.subject(account);
}

function affected({ configurations, upcomingBookings }: Dependents, { affected: texts }: Texts): Block[] {
  if (configurations.length + upcomingBookings === 0) return [text(texts.nothing)];
  const named = configurations.slice(0, NAMED);
  const more = configurations.length - named.length;
  const names = named.length === 0 ? [] : [text(texts.configurations(named, more))];
  return [...names, text(texts.bookings(upcomingBookings))];
}

function todo({ account, reason, clientId }: StopFacts, { administrator, todo: texts }: Texts): Block[] {
  if (!isAdministrators(reason)) return [text(texts.text(account))];
  const { change, client, afterwards } = administrator;
  return [text(change[reason]), text(client(clientId)), text(afterwards(account))];
}

import { isUuid } from '../../shared/ids.js';
import type { JobPayload } from '../../shared/queue.js';
import { MAIL_STEPS, type MailKey } from '../mail.js';
import type { OperatorNews } from '../plan-operator-mails.js';

export function idOf(payload: JobPayload, name: string): string {
  const id = payload[name];
  if (typeof id !== 'string' || !isUuid(id)) throw new TypeError(`A job about e-mails has no ${name}.`);
  return id;
}

export function keyOf(payload: JobPayload): MailKey {
  const step = MAIL_STEPS.find((one) => one === payload['step']);
  if (step === undefined) throw new TypeError('A job to send an e-mail does not say which.');
  return { episode: idOf(payload, 'episode'), step };
}

export function newsOf(payload: JobPayload): OperatorNews {
  const { code, message } = payload;
  const isFault = typeof code === 'string' && typeof message === 'string';
  return { episode: idOf(payload, 'episode'), fault: isFault ? { code, message } : null };
}

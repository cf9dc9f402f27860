import { formatInstant } from '../shared/time.js';
import { heading, small, text, type LetterContent } from './letter-content.js';
import type { Mail, OperatorFault } from './mail.js';

const MEND_THE_CLIENT =
  'Compare GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET with the OAuth client in the Google Cloud console, and start the service again with the right ones. A mend at Google is noticed within five minutes.';

const TODO: ReadonlyMap<string, string> = new Map([
  ['invalid_client', MEND_THE_CLIENT],
  ['deleted_client', MEND_THE_CLIENT],
  ['unauthorized_client', MEND_THE_CLIENT],
  [
    'token_undecryptable',
    'Put the key that is missing back into ENCRYPTION_KEYS. `npm run encryption-keys` tells which keys are in use.',
  ],
]);
const LOOK_IT_UP = 'The log tells more: look for operator.alert with this code.';

type OperatorMail = Pick<Mail, 'step' | 'episodeBeganAt'> & { readonly fault: OperatorFault };

/** In English, like the log that it refers to. */
export function operatorLetter(
  { step, fault, episodeBeganAt }: OperatorMail,
  publicUrl: string,
): LetterContent {
  const since = formatInstant(episodeBeganAt, 'UTC');
  const body =
    step === 'mended' ? mended(fault, since) : alert(fault, since, TODO.get(fault.code) ?? LOOK_IT_UP);
  return { language: 'en', ...body, blocks: [...body.blocks, small(`Sent by ${publicUrl}.`)] };
}

type Body = Pick<LetterContent, 'subject' | 'blocks'>;

function alert({ code, message }: OperatorFault, since: string, todo: string): Body {
  return {
    subject: `Slotkeeper needs its operator: ${code}`,
    blocks: [
      text(message),
      text(`Code: ${code}. Met first at ${since}.`),
      heading('What it affects'),
      text(
        'Accounts that meet this fault stop, and no new bookings are written to their calendars. Their owners are not asked for anything, and the accounts recover by themselves.',
      ),
      heading('What to do'),
      text(todo),
      text('You get one more e-mail when it is over, and none in between.'),
    ],
  };
}

function mended({ code, message }: OperatorFault, since: string): Body {
  return {
    subject: `Slotkeeper works again: ${code} is over`,
    blocks: [
      text('This fault is over: it was mended, or nothing has met it for an hour.'),
      text(`${message} Code: ${code}. Met first at ${since}.`),
      text('There is nothing else to do.'),
    ],
  };
}

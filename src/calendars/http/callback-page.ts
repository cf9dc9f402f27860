import type { ConsentProblem, Messages } from '../../messages/messages.js';
import { AccountMismatch, ProviderUnavailable } from '../../oauth/oauth.errors.js';
import type { AppError } from '../../shared/app-error.js';
import type { HtmlPage } from '../../shared/html-page.js';
import { ConsentFailed } from '../calendar.errors.js';
import type { ConnectedAccount } from '../connect-account.js';

export function connectedPage({ connection, calendars }: ConnectedAccount, messages: Messages): HtmlPage {
  const { title, text, next } = messages.pages.connected;
  const paragraphs = [text(connection.accountEmail, calendars.length), next];
  return { language: messages.language, title, paragraphs, button: null };
}

/** @param againUrl where to start again; null when that is known only to where the person came from */
export function failedPage(
  problem: AppError,
  messages: Messages,
  againUrl: string | null,
  requestId: string,
): HtmlPage {
  const { title, titleOver, text, next, whereToStart, startAgain, reference } = messages.pages.failed;
  const what = consentProblem(problem);
  const canStartHere = againUrl !== null && what !== 'ours';
  const where = againUrl === null && what !== 'ours' ? [whereToStart] : [];
  return {
    language: messages.language,
    title: what === 'over' ? titleOver : title,
    paragraphs: [text[what], next[what], ...where],
    button: canStartHere ? { label: startAgain, url: againUrl } : null,
    note: reference(requestId),
  };
}

const OF_REASON: ReadonlyMap<string, ConsentProblem> = new Map([
  ['access_denied', 'cancelled'],
  ['insufficient_scope', 'permissions'],
  ['admin_policy_enforced', 'blocked'],
  ['org_internal', 'blocked'],
  ['provider_misconfigured', 'ours'],
  ['server_error', 'unavailable'],
  ['temporarily_unavailable', 'unavailable'],
]);

export function consentProblem(problem: AppError): ConsentProblem {
  if (problem instanceof ConsentFailed) return OF_REASON.get(problem.reason) ?? 'incomplete';
  if (problem instanceof AccountMismatch) return 'other_account';
  return problem instanceof ProviderUnavailable ? 'unavailable' : 'over';
}

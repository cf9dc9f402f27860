import { GoogleError } from '../google-errors.js';
import type { Outcome, Request } from '../messages.js';
import type { SandboxState } from '../state.js';
import type { Account } from '../state/accounts.js';
import { parseAuthorizationRequest, type AuthorizationRequest } from './authorization-request.js';
import { consented, notConsented } from './consent.js';
import { authorizationErrorPage, consentPage } from './pages.js';

const DECISION_FIELDS = ['account', 'decision', 'granted'];

/** Shows the consent page. */
export function showConsent({ query }: Request, state: SandboxState): Outcome {
  const request = parseAuthorizationRequest(query, state);
  if (request.prompt.includes('none')) return notConsented(request, 'interaction_required');
  return {
    reply: consentPage({
      clientId: request.client.id,
      accounts: choices(request, state),
      scopes: request.scopes,
      parameters: query,
    }),
  };
}

/** Takes the form that the consent page sends. */
export function decideConsent({ body }: Request, state: SandboxState): Outcome {
  const form = new URLSearchParams(body);
  const parameters = new URLSearchParams([...form].filter(([name]) => !DECISION_FIELDS.includes(name)));
  const request = parseAuthorizationRequest(parameters, state);
  if (form.get('decision') === 'cancel') return notConsented(request, 'access_denied');
  const account = state.accounts.find(form.get('account') ?? '');
  if (!account) throw new GoogleError(authorizationErrorPage('invalid_request', 'No such account.'));
  return consented(request, account, form.getAll('granted'), state);
}

/** The account that the client hinted at comes first. */
function choices({ loginHint }: AuthorizationRequest, { accounts }: SandboxState): Account[] {
  const all = [...accounts.accounts.values()].sort((one, other) => one.email.localeCompare(other.email));
  const hinted = all.filter(
    ({ email, sub }) => email.toLowerCase() === loginHint?.toLowerCase() || sub === loginHint,
  );
  return [...hinted, ...all.filter((account) => !hinted.includes(account))];
}

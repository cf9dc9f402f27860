import { escaped } from '../../shared/html-text.js';
import { htmlReply, type Reply } from '../messages.js';
import type { Account } from '../state/accounts.js';
import { isIdentityScope, scopeText } from './scopes.js';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;color:#1f1f1f;background:#fff}' +
  'fieldset{border:1px solid #747775;border-radius:.5rem;margin:0 0 1.5rem}li,label{display:block;margin:.4rem 0}' +
  'button{font:inherit;padding:.6rem 1rem;margin:.3rem 0;width:100%;border:1px solid #0b57d0;border-radius:.5rem;' +
  'background:#0b57d0;color:#fff;cursor:pointer}button.cancel{background:#fff;color:#0b57d0}' +
  'button:focus-visible,input:focus-visible{outline:3px solid #1f1f1f;outline-offset:2px}';

export interface ConsentPage {
  readonly clientId: string;
  readonly accounts: readonly Account[];
  readonly scopes: readonly string[];
  /** The parameters of the request, sent back with the decision. */
  readonly parameters: URLSearchParams;
}

/** The page on which a person chooses an account and what to allow. Works without scripts. */
export function consentPage({ clientId, accounts, scopes, parameters }: ConsentPage): Reply {
  const hidden = [...parameters].map(([name, value]) => input({ type: 'hidden', name, value }));
  const always = scopes.filter(isIdentityScope).map((scope) => `<li>${escaped(scopeText(scope))}</li>`);
  const optional = scopes.filter((scope) => !isIdentityScope(scope)).map(checkbox);
  return page(
    200,
    'Sign in - Google stand-in',
    `<h1>${escaped(clientId)} wants to access your account</h1>
<p>This is the sandbox that stands in for Google. No real account is involved.</p>
<form method="post">
${hidden.join('\n')}
${always.length > 0 ? `<h2>It will be able to</h2><ul>${always.join('')}</ul>` : ''}
${optional.length > 0 ? `<fieldset><legend>Select what it can access</legend>${optional.join('\n')}</fieldset>` : ''}
${accounts.map(accountButton).join('\n')}
${accounts.length === 0 ? '<p>There are no accounts yet. Create one with POST /sandbox/accounts.</p>' : ''}
<button class="cancel" name="decision" value="cancel">Cancel</button>
</form>`,
  );
}

/** Google shows its own page, and never redirects, when the request itself cannot be trusted. */
export function authorizationErrorPage(error: string, description: string): Reply {
  return page(
    400,
    'Error - Google stand-in',
    `<h1>Access blocked: authorization error</h1>
<p>${escaped(description)}</p>
<p>Error 400: ${escaped(error)}</p>`,
  );
}

function checkbox(scope: string): string {
  const box = input({ type: 'checkbox', name: 'granted', value: scope });
  return `<label>${box.replace('>', ' checked>')} ${escaped(scopeText(scope))}</label>`;
}

function accountButton({ email, name }: Account): string {
  return `<button name="account" value="${escaped(email)}">Continue as ${escaped(name)} (${escaped(email)})</button>`;
}

function input(attributes: Readonly<Record<string, string>>): string {
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `<input ${written.join(' ')}>`;
}

function page(status: number, title: string, content: string): Reply {
  return htmlReply(
    status,
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>${STYLE}</style></head>
<body><main>
${content}
</main></body></html>
`,
  );
}

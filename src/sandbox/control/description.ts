import { MATCHED_ENDPOINTS } from '../faults/fault.js';
import { PRESETS } from '../faults/presets.js';
import type { SandboxState } from '../state.js';
import { EFFECT_KINDS } from './fault-body.js';
import { SETTINGS } from './settings.js';

/** What `GET /sandbox` tells somebody who meets the stand-in for the first time. */
export function description(
  origin: string,
  routes: readonly string[],
  { accounts, clients }: SandboxState,
): object {
  return {
    about: 'A stand-in for Google: OAuth and Calendar v3 over HTTP, with faults that can be switched on.',
    google: {
      authorization: `${origin}/o/oauth2/v2/auth`,
      token: `${origin}/token`,
      revoke: `${origin}/revoke`,
      certificates: `${origin}/oauth2/v3/certs`,
      api_root: `${origin}/`,
    },
    clients: [...clients.keys()],
    accounts: [...accounts.accounts.values()].map(({ email }) => email),
    control: routes.filter((route) => route.includes('/sandbox')),
    settings: SETTINGS,
    faults: {
      fields: 'endpoint, account, calendar, times, skip, probability, effect',
      example: { endpoint: 'token.refresh', account: 'ada@example.com', times: 1, effect: 'invalid_grant' },
      endpoints: MATCHED_ENDPOINTS,
      effects: EFFECT_KINDS,
      presets: Object.keys(PRESETS),
    },
  };
}

import { authorize, bearerToken } from './calendar/call.js';
import { requestedCalendars } from './calendar/free-busy.js';
import { OPERATIONS, type Operation } from './calendar/operations.js';
import { parseQuery } from './calendar/query.js';
import type { Endpoint } from './faults/fault.js';
import type { Strike } from './faults/faults.js';
import { GoogleError, notFound } from './google-errors.js';
import { isObject } from './json-shape.js';
import type { Outcome, Request } from './messages.js';
import { decideConsent, showConsent } from './oauth/authorize-endpoint.js';
import { certificates, openIdConfiguration } from './oauth/discovery.js';
import { revoke, tokenOwner, tokenToRevoke } from './oauth/revoke-endpoint.js';
import { token, tokenForm } from './oauth/token-endpoint.js';
import { matchPath } from './path-template.js';
import type { SandboxState } from './state.js';

/** A call with all that is known of it before it runs: enough for the log and for faults. */
export interface RoutedCall {
  readonly endpoint: Endpoint;
  readonly account: string | null;
  /** Calendar ids as the client wrote them. */
  readonly calendars: readonly string[];
  readonly eventId: string | null;
  /** @throws GoogleError when the call is refused */
  readonly run: (strike: Pick<Strike, 'readLagMs' | 'alterations'>) => Outcome;
}

type Handler = (request: Request, state: SandboxState, origin: string) => Outcome;

const ENDPOINT_OF_GRANT: Readonly<Record<string, Endpoint>> = {
  authorization_code: 'token.code',
  refresh_token: 'token.refresh',
};

interface OAuthRoute {
  readonly endpoint: (request: Request) => Endpoint;
  readonly account: (request: Request, state: SandboxState) => string | undefined;
  readonly run: Handler;
}

const nobody = () => undefined;

const OAUTH: Readonly<Record<string, OAuthRoute>> = {
  'GET /o/oauth2/v2/auth': { endpoint: () => 'auth', account: nobody, run: showConsent },
  'POST /o/oauth2/v2/auth': {
    endpoint: () => 'auth',
    account: ({ body }) => new URLSearchParams(body).get('account') ?? undefined,
    run: decideConsent,
  },
  'POST /token': {
    endpoint: (request) => ENDPOINT_OF_GRANT[tokenForm(request).get('grant_type') ?? ''] ?? 'token.other',
    account: accountOfTokenRequest,
    run: token,
  },
  'POST /revoke': {
    endpoint: () => 'revoke',
    account: (request, state) => tokenOwner(tokenToRevoke(request) ?? '', state)?.account,
    run: revoke,
  },
  'GET /oauth2/v3/certs': {
    endpoint: () => 'keys',
    account: nobody,
    run: (_request, state) => certificates(state),
  },
  'GET /.well-known/openid-configuration': {
    endpoint: () => 'keys',
    account: nobody,
    run: (_request, _state, origin) => openIdConfiguration(origin),
  },
};

/** Finds what a request asks for. Never throws: what nobody knows becomes a call that is not found. */
export function route(request: Request, state: SandboxState, origin: string): RoutedCall {
  const oauth = OAUTH[`${request.method} ${request.path}`];
  if (oauth) {
    return {
      endpoint: oauth.endpoint(request),
      account: oauth.account(request, state) ?? null,
      calendars: [],
      eventId: null,
      run: () => oauth.run(request, state, origin),
    };
  }
  for (const operation of OPERATIONS) {
    const params = operation.method === request.method ? matchPath(operation.path, request.path) : undefined;
    if (params) return calendarCall(operation, params, request, state);
  }
  return {
    endpoint: 'unknown',
    account: accountOfBearer(request, state),
    calendars: [],
    eventId: null,
    run: refuse,
  };
}

function calendarCall(
  operation: Operation,
  params: Record<string, string>,
  request: Request,
  state: SandboxState,
): RoutedCall {
  const { calendarId, eventId } = params;
  const { endpoint } = operation;
  return {
    endpoint,
    account: accountOfBearer(request, state),
    calendars: endpoint === 'freeBusy' ? requestedCalendars(request.body) : calendarId ? [calendarId] : [],
    eventId: eventId ?? (endpoint === 'events.insert' ? idIn(request.body) : null),
    run: (strike) => {
      const account = authorize(request, state, operation.scopes, operation.rpc);
      const query = parseQuery(operation.query, request.query);
      return operation.run({ state, account, params, query, request, ...strike });
    },
  };
}

function accountOfBearer(request: Request, { tokens }: SandboxState): string | null {
  return tokens.accessTokens.get(bearerToken(request) ?? '')?.account ?? null;
}

function accountOfTokenRequest(request: Request, { tokens }: SandboxState): string | undefined {
  const form = tokenForm(request);
  const held =
    tokens.refreshTokens.get(form.get('refresh_token') ?? '') ?? tokens.codes.get(form.get('code') ?? '');
  return held?.account;
}

function idIn(body: string): string | null {
  try {
    const event: unknown = JSON.parse(body);
    return isObject(event) && typeof event['id'] === 'string' ? event['id'] : null;
  } catch {
    return null;
  }
}

function refuse(): never {
  throw new GoogleError(notFound());
}

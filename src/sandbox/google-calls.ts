import type { ServerResponse } from 'node:http';
import { deliver } from './faults/deliver.js';
import type { FaultTarget } from './faults/fault.js';
import type { Timers } from './faults/timers.js';
import { GoogleError } from './google-errors.js';
import { route, type RoutedCall } from './google-router.js';
import { utcMillis } from './instants.js';
import type { Outcome, Request } from './messages.js';
import type { LoggedRequest } from './request-log.js';
import type { SandboxState } from './state.js';

interface Serving {
  readonly state: SandboxState;
  readonly timers: Timers;
  readonly url: string;
}

/** Answers a call to Google: finds it, logs it, lets faults strike it, runs it. */
export async function serveGoogle(
  request: Request,
  response: ServerResponse,
  serving: Serving,
): Promise<void> {
  const { state, timers, url } = serving;
  const call = route(request, state, url);
  const strike = state.faults.strike(targetOf(call, state));
  const entry = logEntry(request, call, strike.ids, state);
  state.requests.add(entry);
  await deliver({
    response,
    strike,
    timers,
    run: () => outcome(() => call.run(strike)),
    committed: () => {
      entry.committed = true;
      state.changed();
    },
    answered: (status) => {
      entry.status = status;
    },
  });
}

function outcome(run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoogleError) return { reply: error.reply };
    throw error;
  }
}

/** Faults may name a calendar by its id even where the client said `primary`. */
function targetOf({ endpoint, account, calendars }: RoutedCall, { accounts }: SandboxState): FaultTarget {
  const owner = account === null ? undefined : accounts.find(account);
  const resolved = owner ? calendars.map((id) => accounts.entry(owner, id)?.calendarId ?? id) : [];
  return { endpoint, account, calendars: [...new Set([...calendars, ...resolved])] };
}

function logEntry(
  request: Request,
  call: RoutedCall,
  faults: readonly string[],
  state: SandboxState,
): LoggedRequest {
  const { endpoint, account, calendars, eventId } = call;
  return {
    at: utcMillis(state.clock.now()),
    endpoint,
    method: request.method,
    path: request.path,
    account,
    calendar_ids: calendars,
    event_id: eventId,
    authorization: authorizationOf(request.headers.authorization),
    send_updates: request.query.get('sendUpdates'),
    status: null,
    committed: false,
    faults: [...faults],
  };
}

function authorizationOf(header: string | undefined): LoggedRequest['authorization'] {
  if (header === undefined) return 'none';
  if (/^Basic +\S+$/i.test(header)) return 'basic';
  return /^Bearer +(?!undefined$|null$)\S+$/i.test(header) ? 'bearer' : 'broken';
}

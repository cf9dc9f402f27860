import type { Disruption } from './disruption.js';
import type { PresetName } from './presets.js';

export const ENDPOINTS = [
  'auth',
  'token.code',
  'token.refresh',
  'token.other',
  'revoke',
  'keys',
  'freeBusy',
  'calendarList.list',
  'calendarList.get',
  'calendars.get',
  'events.insert',
  'events.get',
  'events.list',
  'events.patch',
  'events.update',
  'events.delete',
  'unknown',
] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** `*`, one endpoint, or a family (`token`, `events`, `calendarList`). */
export const MATCHED_ENDPOINTS = ['*', 'token', 'events', 'calendarList', 'calendars', ...ENDPOINTS] as const;
export type MatchedEndpoint = (typeof MATCHED_ENDPOINTS)[number];

/** The operation takes effect, and its answer arrives damaged, late or never. */
export type Damage =
  /** The normal answer, `bytes` (1) every `ms` (200). */
  | { readonly kind: 'drip'; readonly ms?: number; readonly bytes?: number }
  /** The headers and half of the normal answer, then nothing, and the socket stays open. */
  | { readonly kind: 'stall' }
  /** The first `bytes` (default: half) of the normal answer, complete as far as HTTP can tell. */
  | { readonly kind: 'truncate'; readonly bytes?: number }
  /** The normal answer with top-level fields replaced or left out. */
  | {
      readonly kind: 'patch_body';
      readonly set?: Readonly<Record<string, unknown>>;
      readonly unset?: readonly string[];
    }
  /** The operation takes effect, and then `answer` (default: hang) stands in for its answer. */
  | { readonly kind: 'accept_then'; readonly answer?: Disruption }
  /** `answer` (default: hang) now, and the operation takes effect `ms` later. */
  | { readonly kind: 'late_commit'; readonly ms: number; readonly answer?: Disruption };

/** Effects that leave the call to itself otherwise, so that several may strike it. */
export type Delay =
  | { readonly kind: 'latency'; readonly ms: number }
  /** On an insert: reads miss the new event for `ms`. On a read: it misses events younger than `ms`. */
  | { readonly kind: 'read_lag'; readonly ms: number };

/** Changes inside an answer to a free/busy query. */
export type Alteration =
  /** An error for the calendar inside a 200. */
  | { readonly kind: 'calendar_error'; readonly reason: string; readonly domain?: string }
  /** The calendar is missing from the answer. */
  | { readonly kind: 'omit_calendar' }
  /** Raw entries, possibly malformed, put after (or with `replace` instead of) the true ones. */
  | { readonly kind: 'busy_entries'; readonly entries: readonly unknown[]; readonly replace?: boolean }
  /** Whatever is given stands where `calendars` should be. */
  | { readonly kind: 'calendars_value'; readonly value: unknown }
  /** Ids come back in capital letters. */
  | { readonly kind: 'upper_case_ids' };

/** Short for a fixed answer. */
export type Named =
  /** A preset with further headers; `retry_after` is short for that header. */
  | {
      readonly kind: 'preset';
      readonly name: PresetName;
      readonly headers?: Readonly<Record<string, string>>;
      readonly retry_after?: string | number;
    }
  /** The token endpoint's answer for a dead refresh token. */
  | { readonly kind: 'invalid_grant'; readonly description?: string };

export type Effect = Disruption | Damage | Delay | Alteration | Named;

export type EffectKind = Effect['kind'];

export interface FaultSpec {
  /** Default `*`. */
  readonly endpoint?: MatchedEndpoint;
  readonly account?: string;
  readonly calendar?: string;
  /** How often it strikes; default for ever. */
  readonly times?: number;
  /** How many matching calls pass unharmed first. */
  readonly skip?: number;
  /** 0 to 1; drawn from a seeded sequence, so that a run repeats. */
  readonly probability?: number;
  readonly effect: Effect | PresetName;
}

/** A call as far as a fault can tell calls apart. */
export interface FaultTarget {
  readonly endpoint: Endpoint;
  readonly account: string | null;
  readonly calendars: readonly string[];
}

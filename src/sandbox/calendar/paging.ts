import { calendarError, GoogleError, invalidValue } from '../google-errors.js';
import { isObject } from '../json-shape.js';
import type { SandboxState } from '../state.js';
import type { Query } from './query.js';

export interface Page<T> {
  readonly items: T[];
  readonly nextPageToken?: string;
  readonly nextSyncToken?: string;
}

interface PageToken {
  readonly offset: number;
  /** Where the sync token of the last page starts: changes made between two pages are not lost. */
  readonly revision: number;
}

export interface PageLimits {
  readonly usual: number;
  readonly most: number;
}

/** One page of `items`, and the token for the next page or, on the last one, for the next sync. */
export function paginate<T>(
  items: readonly T[],
  query: Query,
  limits: PageLimits,
  state: SandboxState,
): Page<T> {
  const { page_size_limit: cap, leading_empty_page: emptyFirst } = state.settings;
  const size = Math.min(query.count('maxResults') ?? limits.usual, limits.most, cap ?? Infinity);
  if (size < 1) throw new GoogleError(invalidValue('Invalid value for maxResults.'));
  const given = query.text('pageToken');
  const { offset, revision } =
    given === undefined ? { offset: 0, revision: state.revision } : parsePage(given);
  if (emptyFirst && given === undefined) return { items: [], nextPageToken: encode({ offset: 0, revision }) };
  const page = items.slice(offset, offset + size);
  const next = offset + size;
  return next < items.length
    ? { items: page, nextPageToken: encode({ offset: next, revision }) }
    : { items: page, nextSyncToken: encode({ sync: revision }) };
}

/** The revision up to which the client knows everything; undefined for a full read. */
export function syncedUntil(query: Query, state: SandboxState): number | undefined {
  const token = query.text('syncToken');
  if (token === undefined) return undefined;
  const revision = decode(token)?.['sync'];
  if (typeof revision === 'number' && revision <= state.revision) return revision;
  throw new GoogleError(
    calendarError(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.', {
      domain: 'calendar',
      place: { locationType: 'parameter', location: 'syncToken' },
    }),
  );
}

function parsePage(token: string): PageToken {
  const { offset, revision } = decode(token) ?? {};
  if (typeof offset === 'number' && typeof revision === 'number') return { offset, revision };
  throw new GoogleError(invalidValue('Invalid page token value.'));
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import { GoogleError, invalidValue, missing } from '../google-errors.js';
import { fits, type Shape } from '../json-shape.js';
import type { ServiceSettings } from '../state.js';

/** The part of an event that is about its video call. */
export interface Conference {
  readonly conferenceData?: object;
  readonly hangoutLink?: string;
}

interface ConferenceBody {
  readonly createRequest?: {
    readonly requestId?: string;
    readonly conferenceSolutionKey?: { readonly type?: string };
  };
}

/**
 * The Meet link that a create request asks for; the same request id gives the same link. A body without
 * a create request (a client that sends back what it read) is kept as it is.
 *
 * @throws GoogleError 400 for a request without an id or for another kind of conference
 */
export function makeConference(body: ConferenceBody, links: ServiceSettings['meet_links']): Conference {
  const { createRequest } = body;
  if (!createRequest) return { conferenceData: body };
  const { requestId, conferenceSolutionKey } = createRequest;
  if (!requestId) throw new GoogleError(missing('Missing conference request id.'));
  if ((conferenceSolutionKey?.type ?? 'hangoutsMeet') !== 'hangoutsMeet') {
    throw new GoogleError(invalidValue('Invalid conference type value.'));
  }
  if (links === 'immediate') return meeting(requestId);
  return {
    conferenceData: { createRequest: request(requestId, links === 'delayed' ? 'pending' : 'failure') },
  };
}

/** The conference once a pending request is done; undefined when none is pending. */
export function completedConference(conferenceData: unknown): Conference | undefined {
  if (!fits(PENDING, conferenceData)) return undefined;
  return meeting(conferenceData.createRequest.requestId);
}

const PENDING = {
  fields: {
    createRequest: {
      fields: {
        requestId: 'string',
        conferenceSolutionKey: 'any',
        status: { fields: { statusCode: ['pending'] }, required: ['statusCode'] },
      },
      required: ['requestId', 'status'],
    },
  },
  required: ['createRequest'],
} as const satisfies Shape;

function meeting(requestId: string): Conference {
  const conferenceId = meetCode(requestId);
  const hangoutLink = `https://meet.google.com/${conferenceId}`;
  return {
    hangoutLink,
    conferenceData: {
      createRequest: request(requestId, 'success'),
      entryPoints: [{ entryPointType: 'video', uri: hangoutLink, label: `meet.google.com/${conferenceId}` }],
      conferenceSolution: { key: { type: 'hangoutsMeet' }, name: 'Google Meet' },
      conferenceId,
    },
  };
}

function request(requestId: string, statusCode: 'pending' | 'success' | 'failure') {
  return { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' }, status: { statusCode } };
}

function meetCode(requestId: string): string {
  const bytes = createHash('sha256').update(requestId).digest();
  const letters = [...bytes.subarray(0, 10)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
  return `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}`;
}

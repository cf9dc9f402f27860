import type { Infer, Shape } from '../json-shape.js';

const TIME = { fields: { date: 'string', dateTime: 'string', timeZone: 'string' } } as const satisfies Shape;
const PERSON = {
  fields: { id: 'string', email: 'string', displayName: 'string', self: 'boolean' },
} as const satisfies Shape;
const STRINGS = { map: 'string' } as const satisfies Shape;

const ATTENDEE = {
  fields: {
    id: 'string',
    email: 'string',
    displayName: 'string',
    organizer: 'boolean',
    self: 'boolean',
    resource: 'boolean',
    optional: 'boolean',
    responseStatus: ['needsAction', 'declined', 'tentative', 'accepted'],
    comment: 'string',
    additionalGuests: 'integer',
  },
} as const satisfies Shape;

const CONFERENCE = {
  fields: {
    createRequest: {
      fields: {
        requestId: 'string',
        conferenceSolutionKey: { fields: { type: 'string' } },
        status: { fields: { statusCode: 'string' } },
      },
    },
    entryPoints: { list: { map: 'any' } },
    conferenceSolution: { map: 'any' },
    conferenceId: 'string',
    parameters: { map: 'any' },
    signature: 'string',
    notes: 'string',
  },
} as const satisfies Shape;

/** Fields that a client may set. */
const WRITABLE = {
  summary: 'string',
  description: 'string',
  location: 'string',
  start: TIME,
  end: TIME,
  status: ['confirmed', 'tentative', 'cancelled'],
  transparency: ['opaque', 'transparent'],
  visibility: ['default', 'public', 'private', 'confidential'],
  colorId: 'string',
  eventLabelId: 'string',
  attendees: { list: ATTENDEE },
  attendeesOmitted: 'boolean',
  attachments: { list: { map: 'any' } },
  extendedProperties: { fields: { private: STRINGS, shared: STRINGS } },
  reminders: {
    fields: {
      useDefault: 'boolean',
      overrides: { list: { fields: { method: ['email', 'popup'], minutes: 'integer' } } },
    },
  },
  source: { fields: { url: 'string', title: 'string' } },
  eventType: ['default', 'outOfOffice', 'focusTime', 'workingLocation', 'birthday'],
  outOfOfficeProperties: { map: 'any' },
  focusTimeProperties: { map: 'any' },
  workingLocationProperties: { map: 'any' },
  birthdayProperties: { map: 'any' },
  guestsCanInviteOthers: 'boolean',
  guestsCanModify: 'boolean',
  guestsCanSeeOtherGuests: 'boolean',
  anyoneCanAddSelf: 'boolean',
} as const satisfies Record<string, Shape>;

/** Fields that are set once, or by their own rules, or by the service alone; the last are read and ignored. */
const OTHERS = {
  id: 'string',
  recurrence: { list: 'string' },
  conferenceData: CONFERENCE,
  iCalUID: 'string',
  sequence: 'integer',
  kind: 'string',
  etag: 'string',
  htmlLink: 'string',
  hangoutLink: 'string',
  created: 'string',
  updated: 'string',
  creator: PERSON,
  organizer: PERSON,
  originalStartTime: TIME,
  recurringEventId: 'string',
  endTimeUnspecified: 'boolean',
  locked: 'boolean',
  privateCopy: 'boolean',
  gadget: { map: 'any' },
} as const satisfies Record<string, Shape>;

export const EVENT_SHAPE = { fields: { ...WRITABLE, ...OTHERS } } as const satisfies Shape;

/** The body of an insert, a patch or an update. */
export type EventBody = Infer<typeof EVENT_SHAPE>;

export const WRITABLE_FIELDS: readonly string[] = Object.keys(WRITABLE);

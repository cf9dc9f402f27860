import { decodedBody, isObject, type RawAnswer } from './answer-reader.js';
import type { Dice } from './dice.js';
import { apiError } from './google-answers.js';
import { junk, mutated } from './json-mutations.js';
import type { MutatedAnswer, MutatedAnswers, Special } from './mutated-answers.js';

const MOST_TRIES = 40;
const BOOKING_PROPERTY = 'slotkeeper_booking_id';

/** An event as the calendar keeps it. */
export type EventBody = Readonly<Record<string, unknown>> & { readonly id: string; readonly status: string };

export function bookingOf(event: unknown): unknown {
  const properties =
    isObject(event) && isObject(event['extendedProperties']) ? event['extendedProperties'] : {};
  return isObject(properties['private']) ? properties['private'][BOOKING_PROPERTY] : undefined;
}

/** The answer to a write that took effect, or to a look at an event that is there; damaged, but it denies nothing. */
export function eventAnswer(event: EventBody, answers: MutatedAnswers, damage: number): MutatedAnswer {
  return (
    noLie(
      answers,
      damage,
      () => answers.damaged(event, SPECIALS),
      (answer) => denies(answer, event),
    ) ?? answers.whole(event)
  );
}

/** The answer about an event that is not there, or to a write that was not made; it does not say that it is done. */
export function missingEvent(eventId: string, answers: MutatedAnswers, damage: number): MutatedAnswer {
  const truth = apiError(404, 'notFound');
  const isLie = (answer: RawAnswer): boolean => claims(answer, eventId);
  return noLie(answers, damage, refusal(truth, answers), isLie) ?? { ...answers.whole(truth), status: 404 };
}

/** The answer to a second insert of an event that is there; no refusal but the true one. */
export function existingEvent(eventId: string, answers: MutatedAnswers, damage: number): MutatedAnswer {
  const truth = apiError(409, 'duplicate');
  const isLie = (answer: RawAnswer): boolean => isRefusal(answer) || claims(answer, eventId);
  return noLie(answers, damage, refusal(truth, answers), isLie) ?? { ...answers.whole(truth), status: 409 };
}

const refusal = (truth: unknown, answers: MutatedAnswers) => (): MutatedAnswer =>
  answers.dice.chance(0.6) ? answers.error() : answers.damaged(truth);

function noLie(
  { dice }: MutatedAnswers,
  damage: number,
  make: () => MutatedAnswer,
  isLie: (answer: MutatedAnswer) => boolean,
): MutatedAnswer | null {
  for (let tries = 0; tries < MOST_TRIES && dice.chance(damage); tries += 1) {
    const answer = make();
    if (!isLie(answer)) return answer;
  }
  return null;
}

/** A refusal of what was done, or a good answer by which the event is cancelled or somebody else's. */
function denies(answer: RawAnswer, event: EventBody): boolean {
  if (isRefusal(answer)) return true;
  const body = decodedBody(answer);
  if (!isGood(answer) || !isWellFormed(body) || body['id'] !== event.id) return false;
  return body['status'] === 'cancelled' || bookingOf(body) !== bookingOf(event);
}

function claims(answer: RawAnswer, eventId: string): boolean {
  const body = decodedBody(answer);
  return isGood(answer) && isObject(body) && body['id'] === eventId;
}

function isRefusal({ status }: RawAnswer): boolean {
  return status >= 400 && status < 500;
}

function isGood({ status }: RawAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Whether a reader can take the event's status and owner from it. */
function isWellFormed(body: unknown): body is Record<string, unknown> {
  if (!isObject(body)) return false;
  const { status = 'confirmed', extendedProperties: properties = null } = body;
  const own = isObject(properties) ? (properties['private'] ?? null) : null;
  const booking = isObject(own) ? (own[BOOKING_PROPERTY] ?? null) : null;
  return (
    ['confirmed', 'tentative', 'cancelled'].includes(String(status)) &&
    typeof status === 'string' &&
    (properties === null || isObject(properties)) &&
    (own === null || isObject(own)) &&
    (booking === null || typeof booking === 'string')
  );
}

const member =
  (name: string, values: readonly unknown[]): Special =>
  (body, dice: Dice) =>
    isObject(body)
      ? { ...body, [name]: dice.chance(0.9) ? dice.pick(values) : junk(dice) }
      : mutated(body, dice);

const SPECIALS: readonly Special[] = [
  member('id', ['other', '', 7, null, 'x'.repeat(2000), 'a\0b']),
  member('status', ['CONFIRMED', '', 7, null, ['confirmed'], 'gone']),
  member('hangoutLink', ['javascript:alert(1)', 'https://meet.example.com/\0', 'https://x', 7, {}, '\ud800']),
  member('extendedProperties', [
    'x',
    7,
    [],
    { private: 'x' },
    { private: [] },
    { private: { [BOOKING_PROPERTY]: 7 } },
  ]),
  member('start', [null, 7, 'soon', [], { dateTime: 7 }, { date: '2027-02-30' }]),
  member('end', [null, 7, 'soon', [], { dateTime: 'x' }]),
  (body) => (isObject(body) ? { kind: 'calendar#event', id: body['id'] } : body),
  () => ({}),
];

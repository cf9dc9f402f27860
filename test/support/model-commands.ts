import { expect } from '@jest/globals';
import * as fc from 'fast-check';
import type { Effect, Endpoint } from '../../src/sandbox/faults/fault.js';
import type { Appointment, BookingModel, KeptTime, Mood, Quarter, Verdict } from './booking-model.js';
import { clock, viewOf, type ModelPlay } from './model-stage.js';
import type { Answer } from './service.js';

type Command = fc.AsyncCommand<BookingModel, ModelPlay>;
type Things = Readonly<BookingModel>;

interface Deed {
  /** Whether it makes sense as things are. */
  can(things: Things): boolean;
  do(model: BookingModel, play: ModelPlay): Promise<void>;
}

/** After each deed the tables and the calendar are what the model says. */
function command(name: string, { can, do: act }: Deed): Command {
  return {
    toString: () => name,
    check: (model) => can(model),
    run: async (model, play) => {
      await play.rest();
      await act(model, play);
      expect(await play.seen()).toEqual(viewOf(model));
    },
  };
}

const always = (): boolean => true;
const nth = <T>(all: readonly T[], n: number): T => {
  const one = all[n % all.length];
  if (one === undefined) throw new RangeError('There is none.');
  return one;
};
const anAppointment = ({ appointments }: Things): boolean => appointments.length > 0;
const aHold = ({ holds }: Things): boolean => holds.length > 0;
const isWell = ({ mood }: Things): boolean => mood === 'well';

const REFUSALS = {
  taken: [409, 'slot_unavailable'],
  full: [422, 'rules_violation'],
  unread: [503, 'calendar_unverifiable'],
} as const satisfies Record<Exclude<Verdict, 'granted'>, readonly [number, string]>;

/** Whether it was granted, as it was to be. */
function isGranted({ status, body }: Answer, verdict: Verdict, granted: number): boolean {
  expect([status, body.code]).toEqual(verdict === 'granted' ? [granted, undefined] : REFUSALS[verdict]);
  return verdict === 'granted';
}

const written = ({ mood }: BookingModel, done: number): number => (mood === 'well' ? done : 202);

export const book = (at: Quarter): Command =>
  command(`book(${at})`, {
    can: always,
    do: async (model, { caller }) => {
      const verdict = model.verdict(at, null);
      const answer = await caller.book({ start_time: clock(at) });
      if (isGranted(answer, verdict, written(model, 201))) model.booked(answer.body.booking_id, at);
    },
  });

export const hold = (at: Quarter): Command =>
  command(`hold(${at})`, {
    can: always,
    do: async (model, { caller }) => {
      const verdict = model.verdict(at, null);
      const answer = await caller.hold({ start_time: clock(at) });
      if (isGranted(answer, verdict, 201)) model.held(answer.body.id, at);
    },
  });

export const bookHeld = (n: number): Command =>
  command(`bookHeld(${n})`, {
    can: aHold,
    do: async (model, { caller }) => {
      const held = nth(model.holds, n);
      const verdict = model.verdict(held.at, { id: held.id, from: null });
      const answer = await caller.book({ start_time: clock(held.at), hold_id: held.id });
      if (!held.exists && verdict !== 'full') return expectUnknown(answer);
      if (!isGranted(answer, verdict, written(model, 201))) return;
      model.gone(held);
      model.booked(answer.body.booking_id, held.at);
    },
  });

function expectUnknown({ status, body }: Answer): void {
  expect([status, body.code]).toEqual([400, 'validation_failed']);
}

const ofHold =
  (name: string, act: (held: KeptTime, model: BookingModel, play: ModelPlay) => Promise<void>) =>
  (n: number): Command =>
    command(`${name}(${n})`, { can: aHold, do: (model, play) => act(nth(model.holds, n), model, play) });

export const release = ofHold('release', async (held, model, { caller }) => {
  expect((await caller.release(held.id)).status).toBe(held.exists ? 204 : 404);
  model.gone(held);
});

export const runOut = ofHold('runOut', async (held, model, play) => {
  await play.runOut(held.id);
  model.ranOut(held);
});

export const cancel = (n: number): Command =>
  command(`cancel(${n})`, {
    can: anAppointment,
    do: async (model, { caller }) => {
      const one = nth(model.appointments, n);
      const answer = await caller.cancel(one.id);
      if (one.status !== 'cancelled') model.cancelled(one);
      expect([answer.status, answer.body.status]).toEqual([200, nth(model.appointments, n).status]);
    },
  });

export const move = (n: number, to: Quarter): Command =>
  command(`move(${n}, ${to})`, {
    can: anAppointment,
    do: async (model, { caller }) => {
      const one = nth(model.appointments, n);
      const answer = await caller.reschedule(one.id, { start_time: clock(to) });
      if (isThere(one, to)) return expect(answer.status).toBe(one.status === 'pending' ? 202 : 200);
      if (one.status !== 'confirmed')
        return expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
      const verdict = model.verdict(to, { id: one.id, from: one.at });
      if (isGranted(answer, verdict, written(model, 200))) model.moved(one, to);
    },
  });

const isThere = ({ status, at }: Appointment, to: Quarter): boolean =>
  at === to && (status === 'pending' || status === 'confirmed');

export const turn = (mood: Exclude<Mood, 'well'>): Command =>
  command(`turn(${mood})`, {
    can: isWell,
    do: async (model, play) => {
      play.turn(mood);
      model.mood = mood;
    },
  });

export const recover = (): Command =>
  command('recover', {
    can: (model) => !isWell(model),
    do: async (model, play) => {
      play.turn('well');
      await play.settle();
      model.settled();
    },
  });

export const crash = (): Command => command('crash', { can: always, do: (_, play) => play.crash() });

/** How far Google got when the process that asked it died. */
const REACHED: Readonly<Record<'asked' | 'done', Effect>> = {
  asked: { kind: 'hang' },
  done: { kind: 'accept_then' },
};
export type Reached = keyof typeof REACHED;

export interface Death {
  readonly reached: Reached;
  /** The client asks again, with its key. */
  readonly again: boolean;
}

interface Ask {
  readonly endpoint: Endpoint;
  readonly ask: () => Promise<Answer>;
}

async function survived(play: ModelPlay, { endpoint, ask }: Ask, { reached, again }: Death): Promise<void> {
  await play.crashDuring(endpoint, REACHED[reached], ask);
  if (again) expect((await ask()).status).toBeLessThan(300);
  await play.settle();
}

const nameOf = ({ reached, again }: Death): string => `${reached}${again ? ', again' : ''}`;

export const bookAndDie = (at: Quarter, death: Death): Command =>
  command(`bookAndDie(${at}, ${nameOf(death)})`, {
    can: (model) => isWell(model) && model.verdict(at, null) === 'granted',
    do: async (model, play) => {
      const key = play.newKey();
      const ask = (): Promise<Answer> => play.caller.book({ start_time: clock(at) }, key);
      await survived(play, { endpoint: 'events.insert', ask }, death);
      model.booked(await play.newestBesides(model.appointments.map(({ id }) => id)), at);
    },
  });

export const cancelAndDie = (n: number, death: Death): Command =>
  command(`cancelAndDie(${n}, ${nameOf(death)})`, {
    can: (model) => isWell(model) && anAppointment(model) && isWritten(nth(model.appointments, n)),
    do: async (model, play) => {
      const one = nth(model.appointments, n);
      const ask = (): Promise<Answer> => play.caller.cancel(one.id);
      await survived(play, { endpoint: 'events.delete', ask }, death);
      model.cancelled(one);
    },
  });

export const moveAndDie = (n: number, to: Quarter, death: Death): Command =>
  command(`moveAndDie(${n}, ${to}, ${nameOf(death)})`, {
    can: (model) => isWell(model) && anAppointment(model) && isMovable(model, nth(model.appointments, n), to),
    do: async (model, play) => {
      const one = nth(model.appointments, n);
      const ask = (): Promise<Answer> => play.caller.reschedule(one.id, { start_time: clock(to) });
      await survived(play, { endpoint: 'events.patch', ask }, death);
      model.moved(one, to);
    },
  });

const isWritten = ({ status, event }: Appointment): boolean => status === 'confirmed' && event !== null;

const isMovable = (model: Things, one: Appointment, to: Quarter): boolean =>
  isWritten(one) && one.at !== to && model.verdict(to, { id: one.id, from: one.at }) === 'granted';

export const deleteByHand = (n: number): Command =>
  command(`deleteByHand(${n})`, {
    can: (model) => anAppointment(model) && nth(model.appointments, n).event !== null,
    do: async (model, play) => {
      const one = nth(model.appointments, n);
      await play.deleteByHand(await play.eventIdOf(one.id));
      model.touched(one, null);
    },
  });

/** Only one at a time until it was followed: of two, it depends on their order who gets the time. */
export const moveByHand = (n: number, to: Quarter): Command =>
  command(`moveByHand(${n}, ${to})`, {
    can: (model) =>
      anAppointment(model) &&
      isWritten(nth(model.appointments, n)) &&
      model.appointments.every(({ at, event }) => event === null || event === at),
    do: async (model, play) => {
      const one = nth(model.appointments, n);
      await play.writeByHand(await play.eventIdOf(one.id), to, one.id);
      model.touched(one, to);
    },
  });

export const putForeign = (at: Quarter): Command =>
  command(`putForeign(${at})`, {
    can: always,
    do: async (model, play) => {
      const id = `foreign${model.foreign.size}x${play.newKey().slice(4)}`;
      await play.writeByHand(id, at);
      model.foreign = new Map([...model.foreign, [id, at]]);
    },
  });

export const removeForeign = (n: number): Command =>
  command(`removeForeign(${n})`, {
    can: ({ foreign }) => foreign.size > 0,
    do: async (model, play) => {
      const [id] = nth([...model.foreign], n);
      await play.deleteByHand(id);
      model.foreign = new Map([...model.foreign].filter(([other]) => other !== id));
    },
  });

export const compare = (): Command =>
  command('compare', {
    can: isWell,
    do: async (model, play) => {
      await play.compare();
      model.compared();
    },
  });

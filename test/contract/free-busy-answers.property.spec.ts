import { describe, expect, it } from '@jest/globals';
import {
  clipped,
  decodedBody,
  isCovered,
  isObject,
  readFreeBusy,
  union,
  type RawAnswer,
} from '../support/answer-reader.js';
import type { FreeBusyTruth } from '../support/google-answers.js';
import { withoutEach, written } from '../support/json-mutations.js';
import { MutatedAnswers } from '../support/mutated-answers.js';
import { freeBusyAnswer, isLie } from '../support/mutated-free-busy.js';
import type { Interval } from '../../src/shared/time.js';
import type { BusyRead } from '../../src/calendars/calendar-provider.js';
import { freeBusyReads } from '../../src/calendars/google/google-free-busy.js';

/** `MUTATIONS=1000000 SEED=7` looks longer, or elsewhere. */
const MUTATIONS = Number(process.env['MUTATIONS'] ?? 10_000);
const SEEDS = process.env['SEED'] === undefined ? [1, 2] : [Number(process.env['SEED'])];

const HOUR_MS = 3_600_000;
const IDS = ['ada@example.com', 'Kim_X@Group.calendar.google.com', 'c_4f@group.calendar.google.com'];

describe.each(SEEDS)(`${MUTATIONS} free/busy answers, whole and damaged (seed %i)`, (seed) => {
  const answers = new MutatedAnswers(seed);
  const { dice } = answers;

  it('are read like a careful reader does: what is not told whole is never free', () => {
    const seen = { whole: 0, damaged: 0, partly: 0 };
    for (let number = 0; number < MUTATIONS; number += 1) {
      const truth = someTruth();
      const answer = freeBusyAnswer(truth, answers, 0.8);
      const found = reads(answer, truth);
      if (faultOf(answer, truth, found) !== null) throw new Error(report(number, answer, truth));
      const good = [...(found?.values() ?? [])].filter(({ failure }) => failure === null);
      if (good.length === truth.busy.size) seen.whole += 1;
      else if (good.length === 0) seen.damaged += 1;
      else seen.partly += 1;
    }
    // Otherwise all of this would hold for a reader that trusts nothing, or everything.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(MUTATIONS / 40);
  });

  function someTruth(): FreeBusyTruth {
    const startAt = Date.UTC(2027, 2, 8 + dice.below(20));
    const window = { startAt, endAt: startAt + (1 + dice.below(3)) * 24 * HOUR_MS };
    const ids = IDS.slice(0, 1 + dice.below(IDS.length));
    return { window, busy: new Map(ids.map((id) => [id, someBusy(window)])) };
  }

  function someBusy({ startAt, endAt }: Interval): Interval[] {
    const periods = Array.from({ length: 1 + dice.below(3) }, () => {
      const from = startAt + dice.below((endAt - startAt) / 60_000) * 60_000;
      return { startAt: from, endAt: Math.min(endAt, from + (1 + dice.below(180)) * 60_000) };
    });
    return union(periods);
  }

  /** The smallest answer that still fails comes last: what it takes is easier to see in it. */
  function report(number: number, answer: RawAnswer & { recipe: string }, truth: FreeBusyTruth): string {
    const smallest = minimal(answer, truth);
    return [
      `seed ${seed}, answer ${number} (${answer.recipe}): ${faultOf(answer, truth)}`,
      `asked ${JSON.stringify(truth.window)} of ${JSON.stringify([...truth.busy])}`,
      `status ${answer.status}: ${answer.body.toString().slice(0, 2000)}`,
      `smallest: ${smallest.body.toString().slice(0, 1000)} -> ${faultOf(smallest, truth)}`,
    ].join('\n');
  }
});

/** As the provider reads it; null for an answer that is refused as a whole. */
function reads(answer: RawAnswer, { window, busy }: FreeBusyTruth): ReadonlyMap<string, BusyRead> | null {
  const body = decodedBody(answer);
  const isGood = answer.status >= 200 && answer.status < 300 && isObject(body);
  return isGood ? freeBusyReads(body, [...busy.keys()], window) : null;
}

/** What is wrong with how an answer was read; null when nothing is. */
function faultOf(answer: RawAnswer, truth: FreeBusyTruth, found = reads(answer, truth)): string | null {
  const { window, busy } = truth;
  const expected = readFreeBusy(answer, [...busy.keys()], window);
  for (const [id, { isWhole, busy: readable }] of expected) {
    const read = found?.get(id) ?? null;
    if (read === null) {
      if (isWhole) return `${id} was not read at all`;
      continue;
    }
    if ((read.failure === null) !== isWhole) return `${id} ${isWhole ? 'was refused' : 'was believed'}`;
    const inside = (busy.get(id) ?? []).flatMap((period) => clipped(period, window));
    if (isWhole && !isCovered(inside, read.busy)) return `${id} has less busy time than is true`;
    if (isWhole && !isSame(read.busy, union(readable))) return `${id} has other busy times than were told`;
    if (read.failure?.category === 'malformed_data' && !isSame(read.busy, union(readable)))
      return `${id} lost good periods among bad ones`;
    if (read.failure?.needsReauth) return `${id} asks somebody to re-authorize`;
  }
  return null;
}

function isSame(one: readonly Interval[], other: readonly Interval[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function minimal(answer: RawAnswer, truth: FreeBusyTruth): RawAnswer {
  const body = decodedBody(answer);
  const smaller = isObject(body) ? withoutEach(body) : [];
  const fault = faultOf(answer, truth);
  const headers = { ...answer.headers, 'content-encoding': 'identity' };
  const failing = smaller
    .map((value) => ({ ...answer, headers, body: Buffer.from(written(value)) }))
    .find((candidate) => faultOf(candidate, truth) === fault && !isLie(candidate, truth));
  return failing === undefined ? answer : minimal(failing, truth);
}

import { isCovered } from './answer-reader.js';
import { rfc3339 } from './google-answers.js';
import { dateOf, DAY, DAY_MS, HOUR_MS, intervalOf, meetsAny, type Written } from './mutated-times.js';
import type { MutationBench, MutatedCalendar, MutatedWorld } from './mutation-bench.js';
import { expectProblem } from './problems.js';
import type { Answer } from './service.js';

/** A long range takes Google two answers, for one look at the token. */
const RANGES = [2, 92, 92];
const POLICIES = ['flag', 'block', 'last_known'] as const;
/** Of a hundred answers so many are damaged: with the fewest there are verified slots, with the most hardly a good calendar. */
const DAMAGES = [0, 0.02, 0.4, 0.9, 1];

interface AvailabilityBody {
  readonly calendar_health: {
    readonly calendars: readonly CalendarTruth[];
    readonly failed_calendars: readonly string[];
    readonly successful_calendars: number;
  };
  readonly available_slots: readonly (Written & { readonly confidence: string })[];
  readonly busy_periods: readonly (Written & { readonly calendar_name: string })[];
}

interface CalendarTruth {
  readonly calendar_id: string;
  readonly name: string;
  readonly source: string;
  readonly category: string | null;
}

/** Asks one configuration again and again when it can be booked, while its Google tells the truth damaged. */
export class AvailabilityRounds {
  readonly seen = { answers: 0, unavailable: 0, verified: 0, good: 0, failed: 0 };

  constructor(
    private readonly bench: MutationBench,
    private readonly world: MutatedWorld,
  ) {}

  /** @throws Error with what is wrong with an answer, and what Google had said */
  async round(): Promise<void> {
    const { bench, world } = this;
    const damage = bench.google.dice.pick(DAMAGES);
    const policy = bench.google.dice.pick(POLICIES);
    this.#arrange(damage);
    await bench.reset(world, 0.8);
    await bench.change(world, { on_unverified: policy });
    const last = DAY + (bench.google.dice.pick(RANGES) - 1) * DAY_MS;
    const days = { start_date: dateOf(DAY), end_date: dateOf(last) };
    const answer = await bench.availability(world, days);
    const stopped = await bench.wronglyStopped(world);
    const faults = [
      ...this.#faultsOf(answer, policy),
      ...stopped.map((account) => `${account.email} was stopped after ${account.told()}`),
      ...bench.google.faults,
    ];
    if (faults.length > 0)
      throw new Error(`seed ${bench.seed}, damage ${damage}, ${policy}:\n${faults.slice(0, 5).join('\n')}`);
  }

  /** In the mornings, so that the afternoons can be verified. */
  #arrange(damage: number): void {
    const { dice } = this.bench.google;
    for (const account of this.world.accounts) {
      account.damage = damage;
      for (const calendar of account.calendars) {
        const startAt = DAY + (9 + dice.below(4)) * HOUR_MS;
        account.busy.set(calendar, [{ startAt, endAt: startAt + (1 + dice.below(60)) * 60_000 }]);
      }
    }
  }

  #faultsOf(answer: Answer, policy: string): string[] {
    const { status, body } = answer;
    if (status === 503) {
      expectProblem(answer, 503, 'provider_unavailable');
      this.seen.unavailable += 1;
      return Number(answer.headers.get('retry-after')) > 0 ? [] : ['503 without Retry-After'];
    }
    if (status !== 200) return [`status ${status}: ${JSON.stringify(body)}`];
    this.seen.answers += 1;
    return [...this.#countFaults(body), ...this.#calendarFaults(body), ...this.#slotFaults(body, policy)];
  }

  #countFaults({ calendar_health: health }: AvailabilityBody): string[] {
    const { calendars, failed_calendars: failed, successful_calendars: good } = health;
    this.seen.failed += failed.length;
    this.seen.good += good;
    const expected = calendars.filter(({ category }) => category !== null).map(({ name }) => name);
    const isRight =
      JSON.stringify(failed) === JSON.stringify(expected) && good === calendars.length - failed.length;
    return isRight ? [] : [`failed ${failed.join()} where ${expected.join()} have a category`];
  }

  #calendarFaults(body: AvailabilityBody): string[] {
    const truths = new Map(body.calendar_health.calendars.map((truth) => [truth.calendar_id, truth]));
    return this.world.calendars.flatMap((calendar) => {
      const truth = truths.get(calendar.id);
      if (truth === undefined) return [`${calendar.name} is not told of`];
      if (truth.category === null)
        return truth.source === 'live'
          ? believedFaults(calendar, body)
          : [`${calendar.name} is ${truth.source} without a category`];
      return truth.source === 'live' && truth.category !== 'malformed_data'
        ? [`${calendar.name} is live and ${truth.category}`]
        : [];
    });
  }

  #slotFaults(body: AvailabilityBody, policy: string): string[] {
    const real = this.world.calendars.flatMap(({ account, externalId }) => account.busyOf(externalId));
    const of = (confidence: string) => body.available_slots.filter((slot) => slot.confidence === confidence);
    const verified = of('verified');
    this.seen.verified += verified.length;
    const taken = verified.filter((slot) => meetsAny(intervalOf(slot), real));
    const anyFailed = body.calendar_health.failed_calendars.length > 0;
    return [
      ...taken.map((slot) => `${slot.start_time} is verified and taken`),
      ...(anyFailed && verified.length > 0 ? ['verified slots although a calendar failed'] : []),
      ...(policy === 'block' && of('unverified').length > 0 ? ['unverified slots in spite of block'] : []),
    ];
  }
}

/** A calendar that counts as read: some answer must have told all of it, and all of that must be in ours. */
function believedFaults({ account, externalId, name }: MutatedCalendar, body: AvailabilityBody): string[] {
  const busy = body.busy_periods.filter((period) => period.calendar_name === name).map(intervalOf);
  const real = account.busyOf(externalId);
  if (!account.wasTold(externalId)) return [`${name} counts as read after ${account.told()}`];
  if (isCovered(real, busy)) return [];
  return [`${name} lacks busy time from ${rfc3339(real[0]?.startAt ?? 0)} after ${account.told()}`];
}

import { isObject } from './answer-reader.js';
import { rfc3339 } from './google-answers.js';
import { bookingOf, type EventBody } from './mutated-event.js';
import { DAY, DAY_MS, HOUR_MS, meetsAny } from './mutated-times.js';
import type { MutationBench, MutatedWorld } from './mutation-bench.js';
import { expectProblem } from './problems.js';
import type { Answer } from './service.js';
import type { Interval } from '../../src/shared/time.js';

const POLICIES = ['flag', 'block', 'last_known'] as const;
/** A booking that is to meet a damaged event must get past the calendars first. */
const DAMAGES = [0, 0.05, 0.2, 0.8];
const EVENT_DAMAGES = [0, 0.3, 0.6, 1];

/** What the contract lets a booking be refused with, as far as Google or other people's bookings can be the cause. */
const CODES: Readonly<Record<number, readonly string[]>> = {
  401: ['calendar_reauth_required'],
  403: ['calendar_permission_denied'],
  409: ['slot_unavailable', 'calendar_gone', 'conflict'],
  503: ['calendar_unverifiable', 'provider_unavailable'],
};

/** Books one appointment after another in one configuration, while its Google tells the truth damaged. */
export class BookingRounds {
  readonly statuses = new Map<number, number>();
  #bookings = 0;

  constructor(
    private readonly bench: MutationBench,
    private readonly world: MutatedWorld,
  ) {}

  /** @throws Error with what is wrong with an answer, and what Google had said */
  async round(): Promise<void> {
    const { bench, world } = this;
    const { dice } = bench.google;
    this.#bookings += 1;
    const email = `guest${this.#bookings}.${world.configurationId}@example.com`;
    const damage = dice.pick(DAMAGES);
    const policy = dice.pick(POLICIES);
    const startAt = DAY + dice.below(40) * DAY_MS + (9 + dice.below(8)) * HOUR_MS;
    const slot = { startAt, endAt: startAt + HOUR_MS };
    this.#arrange(damage, slot);
    await bench.reset(world, 0.3);
    await bench.change(world, { on_unverified: policy });
    const real = this.#busy();
    const answer = await bench.book(world, rfc3339(startAt), email);
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    const faults = [
      ...(answer.status < 300 ? this.#madeFaults(answer, slot, real, policy) : refusalFaults(answer)),
      ...(await this.#eventFaults(answer, email)),
      ...bench.google.faults,
    ];
    if (faults.length === 0) return;
    const told = world.accounts.map((account) => `${account.email}: ${account.told()}`);
    throw new Error(
      [
        `seed ${bench.seed}, damage ${damage}, ${policy}, ${email}, ${rfc3339(startAt)}:`,
        ...faults,
        ...told,
      ].join('\n'),
    );
  }

  /** Every second calendar has something at the wished hour, or around it. */
  #arrange(damage: number, { startAt }: Interval): void {
    const { dice } = this.bench.google;
    const eventDamage = dice.pick(EVENT_DAMAGES);
    for (const { account, externalId } of this.world.calendars) {
      account.damage = damage;
      account.eventDamage = eventDamage;
      const from = startAt + dice.pick([-60, -59, -1, 0, 30, 59, 60]) * 60_000;
      account.busy.set(externalId, dice.chance(0.3) ? [{ startAt: from, endAt: from + HOUR_MS }] : []);
    }
  }

  #busy(): Interval[][] {
    return this.world.calendars.map(({ account, externalId }) => account.busyOf(externalId));
  }

  #madeFaults(
    { body }: Answer,
    slot: Interval,
    [main = [], ...others]: Interval[][],
    policy: string,
  ): string[] {
    const calendar = this.world.calendars[0];
    const isTold = calendar?.account.wasTold(calendar.externalId);
    return [
      ...(meetsAny(slot, main) ? ['booked over busy time of the booking calendar'] : []),
      ...(isTold === true ? [] : ['booked although the booking calendar was not read']),
      ...(policy === 'block' && meetsAny(slot, others.flat())
        ? ['booked over busy time in spite of block']
        : []),
      ...(Date.parse(body.start_time) === slot.startAt ? [] : [`booked at ${body.start_time}`]),
    ];
  }

  /** One event at most, whatever was answered; one of a refused booking only while it is being looked for. */
  async #eventFaults({ status, body }: Answer, email: string): Promise<string[]> {
    const events = this.world.accounts
      .flatMap((account) => account.liveEvents())
      .filter((event) => isFor(event, email));
    if (events.length > 1) return [`${events.length} events`];
    const [event] = events;
    if (status === 201)
      return event?.id === body.event_id && bookingOf(event) === body.booking_id
        ? []
        : [`no event ${body.event_id}`];
    if (status < 300 || event === undefined) return [];
    const { rows } = await this.bench.db.query<{ status: string; sweeps_left: number }>(
      'SELECT status, sweeps_left FROM bookings WHERE attendee_email = $1',
      [email],
    );
    const isSwept = rows.every((row) => row.status === 'failed' && row.sweeps_left > 0);
    return rows.length === 1 && isSwept ? [] : [`a refused booking left an event: ${JSON.stringify(rows)}`];
  }
}

function refusalFaults(answer: Answer): string[] {
  const { status, body } = answer;
  const codes = CODES[status] ?? [];
  if (!codes.includes(body.code)) return [`status ${status}: ${JSON.stringify(body)}`];
  expectProblem(answer, status, body.code);
  if (status === 401 && body.requires_reauth !== true) return ['401 without requires_reauth'];
  return status === 503 && !(Number(answer.headers.get('retry-after')) > 0)
    ? ['503 without Retry-After']
    : [];
}

function isFor(event: EventBody, email: string): boolean {
  const attendees = Array.isArray(event['attendees']) ? event['attendees'] : [];
  return attendees.some((attendee: unknown) => isObject(attendee) && attendee['email'] === email);
}

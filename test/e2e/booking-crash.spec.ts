import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Effect, FaultSpec } from '../../src/sandbox/faults/fault.js';
import { disagreements } from '../support/agreement.js';
import { eventually } from '../support/booking-scene.js';
import { answered, callerAt, CrashStage, type Actor, type Point } from '../support/crash-stage.js';
import type { Answer, Service } from '../support/service.js';

/** A process has ten connections to its database; one is left for what still goes on. */
const HELD_PER_PROCESS = 9;
/** 30 s are promised, and kept with time to spare; a machine that is busy with other tests is given more. */
const BOUND_MS = 60_000;
/** So that one that takes longer shows how much. */
const PATIENCE_MS = 75_000;

type State = 'nothing' | 'booked' | 'cancelled' | 'moved';
type Action = 'book' | 'cancel' | 'move';

interface Crash {
  readonly action: Action;
  /** Of the process that the client asked, and of the one that takes over. */
  readonly points: readonly [Point] | readonly [Point, Point];
  /** What comes of it when nobody asks again. */
  readonly leaves: State;
  /** The client asks again with its key. */
  readonly retries?: boolean;
  /** Further trouble for those who take over. */
  readonly trouble?: readonly FaultSpec[];
}

const statement =
  (sql: string, mark: (actor: Actor) => string) =>
  (moment: 'before' | 'inside' | 'after'): Point => ({ sql, mark, moment });

const workspace = ({ world }: Actor): string => world.workspaceId;
const calendar = ({ world }: Actor): string => world.calendars[0]?.id ?? '';
const booking = ({ bookingId }: Actor): string => bookingId ?? '';
const key = (actor: Actor): string => actor.key;
const milliseconds = (time: string): string => String(Date.parse(time));

const takingKey = statement('INSERT INTO idempotency_keys', key);
const keeping = statement('UPDATE idempotency_keys SET status', key);
const claim = statement('INSERT INTO bookings', workspace);
const turn = statement('INSERT INTO calendar_writes', calendar);
const confirm = statement(`'confirmed', meeting_link`, ({ times }) => milliseconds(times[0]));
const claimNew = statement('moved_from_start_at = start_at', booking);
const confirmMove = statement(`'confirmed', meeting_link`, ({ times }) => milliseconds(times[1]));
const startCancelling = statement(`SET status = 'cancelling'`, booking);
const finishCancelling = statement(`SET status = 'cancelled'`, booking);

const HANG: Effect = { kind: 'hang' };
/** Google did it, and its answer is lost. */
const ACCEPTED: Effect = { kind: 'accept_then' };
const LATE: Effect = { kind: 'late_commit', ms: 3000 };
const read: Point = { endpoint: 'freeBusy', effect: HANG };
const insert = (effect: Effect): Point => ({ endpoint: 'events.insert', effect });
const patch = (effect: Effect): Point => ({ endpoint: 'events.patch', effect });
const remove = (effect: Effect): Point => ({ endpoint: 'events.delete', effect });

const isInside = (point: Point): boolean => 'moment' in point && point.moment === 'inside';

const AWAY: FaultSpec[] = [{ endpoint: 'events', times: 3, effect: 'unavailable503' }];
const READS_LAG: FaultSpec[] = [{ endpoint: 'events.get', times: 2, effect: 'notFound404' }];

type Row = [name: string, crash: Crash];
type More = Partial<Pick<Crash, 'retries' | 'trouble'>>;

const row =
  (action: Action) =>
  (name: string, points: Crash['points'], leaves: State, more: More = {}): Row => [
    `${action}: ${name}${more.retries ? ', and the client asks again' : ''}`,
    { action, points, leaves, ...more },
  ];
const book = row('book');
const cancel = row('cancel');
const move = row('move');
const retries = true;

const HURRIED: readonly Row[] = [
  book('before its key is taken', [takingKey('before')], 'nothing'),
  book('with its key taken', [takingKey('after')], 'nothing', { retries }),
  book('while it reads the calendar', [read], 'nothing', { retries }),
  book('before the claim', [claim('before')], 'nothing'),
  book('before the claim', [claim('before')], 'nothing', { retries }),
  book('inside the claim', [claim('inside')], 'booked'),
  book('inside the claim', [claim('inside')], 'booked', { retries }),
  book('after the claim', [claim('after')], 'booked'),
  book('after the claim', [claim('after')], 'booked', { retries }),
  book('before its turn to write', [turn('before')], 'booked'),
  book('in its turn to write', [turn('after')], 'booked', { retries }),
  book('with the insert sent', [insert(HANG)], 'booked', { retries }),
  book('with the insert sent, which arrives late', [insert(LATE)], 'booked', { trouble: AWAY }),
  book('with the insert accepted', [insert(ACCEPTED)], 'booked', { retries, trouble: READS_LAG }),
  book('with the insert accepted, and Google away', [insert(ACCEPTED)], 'booked', { trouble: AWAY }),
  book('before the confirmation', [confirm('before')], 'booked'),
  book('inside the confirmation', [confirm('inside')], 'booked', { retries }),
  book('after the confirmation', [confirm('after')], 'booked'),
  book('before its answer is kept', [keeping('before')], 'booked', { retries }),
  book('before its answer is sent', [keeping('after')], 'booked', { retries }),
  book('with the insert sent, then in the turn of the recovery', [insert(HANG), turn('after')], 'booked'),
  book(
    'with the insert sent, then with that of the recovery accepted',
    [insert(HANG), insert(ACCEPTED)],
    'booked',
  ),
  book(
    'with the insert accepted, then before the recovery confirms',
    [insert(ACCEPTED), confirm('before')],
    'booked',
    {
      retries,
    },
  ),
  book('after the claim, then after the recovery confirmed', [claim('after'), confirm('after')], 'booked'),
  cancel('before it starts', [startCancelling('before')], 'booked'),
  cancel('before it starts', [startCancelling('before')], 'booked', { retries }),
  cancel('inside its start', [startCancelling('inside')], 'cancelled'),
  cancel('after its start', [startCancelling('after')], 'cancelled', { retries }),
  cancel('with the deletion sent', [remove(HANG)], 'cancelled'),
  cancel('with the deletion sent, which arrives late', [remove(LATE)], 'cancelled', { retries }),
  cancel('with the deletion accepted', [remove(ACCEPTED)], 'cancelled', { trouble: AWAY }),
  cancel('before its end', [finishCancelling('before')], 'cancelled', { retries }),
  cancel('after its end', [finishCancelling('after')], 'cancelled', { retries }),
  cancel(
    'with the deletion sent, then with that of the recovery accepted',
    [remove(HANG), remove(ACCEPTED)],
    'cancelled',
  ),
  cancel(
    'after its start, then before the recovery ends it',
    [startCancelling('after'), finishCancelling('before')],
    'cancelled',
  ),
  move('before the claim of the new time', [claimNew('before')], 'booked'),
  move('before the claim of the new time', [claimNew('before')], 'booked', { retries }),
  move('inside the claim of the new time', [claimNew('inside')], 'moved'),
  move('after the claim of the new time', [claimNew('after')], 'moved'),
  move('with the patch sent', [patch(HANG)], 'moved', { retries }),
  move('with the patch sent, which arrives late', [patch(LATE)], 'moved'),
  move('with the patch accepted', [patch(ACCEPTED)], 'moved', { retries, trouble: AWAY }),
  move('before the confirmation', [confirmMove('before')], 'moved'),
  move('inside the confirmation', [confirmMove('inside')], 'moved'),
  move('after the confirmation', [confirmMove('after')], 'moved', { retries }),
  move(
    'with the patch sent, then with that of the recovery accepted',
    [patch(HANG), patch(ACCEPTED)],
    'moved',
  ),
  move(
    'after the claim, then before the recovery confirms',
    [claimNew('after'), confirmMove('before')],
    'moved',
  ),
];

const UNHURRIED: readonly Row[] = [
  book('after the claim', [claim('after')], 'booked'),
  book('with the insert accepted', [insert(ACCEPTED)], 'booked', { retries }),
  cancel('with the deletion sent', [remove(HANG)], 'cancelled'),
  move('before the confirmation', [confirmMove('before')], 'moved'),
  book('after the claim, then before the recovery confirms', [claim('after'), confirm('before')], 'booked'),
];

const GOAL: Readonly<Record<Action, State>> = { book: 'booked', cancel: 'cancelled', move: 'moved' };

interface Played {
  readonly crash: Crash;
  readonly actor: Actor;
  /** What waits for its time is made due. */
  readonly hurried: boolean;
  /** What the client that asked again was told. */
  again: Answer | null;
  /** After the last process died that was at work on it. */
  settledMs: number;
  /** What was still wrong at the end of its time. */
  problem: string | null;
}

let stage: CrashStage;
const plays: Played[] = [];

const rowOf = async ({ actor }: Played): Promise<Record<string, unknown> | undefined> => {
  const rows = await stage.query(
    'SELECT id, status, (extract(epoch FROM start_at) * 1000)::float8 AS start FROM bookings WHERE workspace_id = $1',
    [workspace(actor)],
  );
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0];
};

const stateOf = async (play: Played): Promise<unknown> => {
  const { status, start } = (await rowOf(play)) ?? { status: 'nothing' };
  if (status !== 'confirmed') return status;
  return start === Date.parse(play.actor.times[0]) ? 'booked' : 'moved';
};

function act({ crash, actor }: Played, service: Service): Promise<Answer> {
  const caller = callerAt(service, actor);
  const id = booking(actor);
  const [first, second] = actor.times;
  if (crash.action === 'book') return caller.book({ start_time: first }, actor.key);
  if (crash.action === 'cancel') return caller.cancel(id, { reason: 'Ill' }, actor.key);
  return caller.reschedule(id, { start_time: second }, actor.key);
}

async function prepared(crash: Crash, hurried: boolean, service: Service): Promise<Played> {
  const actor = await stage.actor(service);
  if (crash.action !== 'book') {
    const { status, body } = await callerAt(service, actor).book({ start_time: actor.times[0] });
    expect(status).toBe(201);
    actor.bookingId = body.booking_id;
  }
  const play = { crash, actor, hurried, again: null, settledMs: Infinity, problem: null };
  plays.push(play);
  return play;
}

/** So many processes that none has more held statements than its connections bear. */
function shares(its: readonly Played[]): Played[][] {
  const inDatabase = ({ crash }: Played): number => Number('sql' in crash.points[0]);
  const count = Math.ceil(its.filter(inDatabase).length / HELD_PER_PROCESS);
  const ordered = its.toSorted((a, b) => inDatabase(b) - inDatabase(a));
  return Array.from({ length: count }, (_, n) => ordered.filter((_play, index) => index % count === n));
}

/** One after the other: few connections are left for those who still go. */
async function bringThere(its: readonly Played[], service: Service): Promise<void> {
  for (const play of its) {
    const reached = stage.reached(play.crash.points[0], play.actor);
    await Promise.race([reached, act(play, service).then(tooEarly)]);
    if (play.hurried) await stage.keepWaiting(play.actor);
  }
}

function tooEarly({ status, body }: Answer): never {
  throw new Error(`The process answered before it was killed: ${status} ${JSON.stringify(body)}`);
}

/** The processes that the clients asked die, each where the case wants it. */
async function killAsked(cases: readonly Row[], hurried: boolean): Promise<Played[]> {
  const first = await stage.start();
  const its: Played[] = [];
  for (const [, crash] of cases) its.push(await prepared(crash, hurried, first));
  const doomed: Service[] = [];
  const ways: Promise<void>[] = [];
  for (const share of shares(its)) {
    const service = doomed.length === 0 ? first : await stage.start();
    doomed.push(service);
    ways.push(bringThere(share, service));
  }
  await Promise.all(ways);
  await Promise.all(doomed.map((service) => service.kill()));
  stage.wakeGoogle();
  for (const { crash, actor } of its) for (const fault of crash.trouble ?? []) stage.fault(actor, fault);
  return its;
}

/** The one that takes over gets to where it is to die. */
async function bringRecovery(its: readonly Played[]): Promise<void> {
  const again = its.flatMap(({ crash: { points }, actor }) =>
    points.length === 2 ? { actor, point: points[1] } : [],
  );
  const reached = again.map(({ actor, point }) => stage.reached(point, actor));
  await stage.hasten(again.map(({ actor }) => actor));
  await Promise.all(reached);
}

/** Waits for the end of one case. */
async function settle(play: Played, service: Service, diedAt: number): Promise<void> {
  const { crash, actor, hurried } = play;
  const wanted = crash.retries ? GOAL[crash.action] : crash.leaves;
  try {
    if (hurried) await stage.hasten([actor]);
    if (crash.retries) play.again = await answered(() => act(play, service), PATIENCE_MS);
    await eventually(async () => {
      if (hurried) await stage.hasten([actor]);
      expect([await stateOf(play), ...(await disagreements(stage, [actor.world]))]).toEqual([wanted]);
    }, PATIENCE_MS);
    play.settledMs = performance.now() - diedAt;
  } catch (error) {
    play.problem = String(error);
  }
}

const settled = async (its: readonly Played[], service: Service, diedAt: number): Promise<void> =>
  void (await Promise.all(its.map((play) => settle(play, service, diedAt))));

beforeAll(async () => {
  stage = await CrashStage.open();
  const unhurried = await killAsked(UNHURRIED, false);
  const firstDiedAt = performance.now();
  const [once, twice] = [1, 2].map((deaths) =>
    unhurried.filter(({ crash }) => crash.points.length === deaths),
  );
  const dying = await stage.worker();
  await bringRecovery(unhurried);
  await dying.kill();
  stage.wakeGoogle();
  const secondDiedAt = performance.now();
  const standby = await stage.worker();
  const patient = Promise.all([
    settled(once ?? [], standby, firstDiedAt),
    settled(twice ?? [], standby, secondDiedAt),
  ]);
  const hurried = await killAsked(HURRIED, true);
  await bringRecovery(hurried);
  await patient;
  await standby.kill();
  stage.wakeGoogle();
  const worker = await stage.worker();
  const last = settled(hurried, worker, performance.now());
  await stage.endStatements(hurried.filter(({ crash }) => crash.retries && isInside(crash.points[0])).length);
  await last;
}, 240_000);

afterAll(() => stage?.close());

const playOf = (crash: Crash): Played => {
  const play = plays.find((one) => one.crash === crash);
  if (play === undefined) throw new Error('The case was not played.');
  return play;
};

async function expectSettled(crash: Crash): Promise<Played> {
  const play = playOf(crash);
  expect(play.problem).toBeNull();
  if (crash.retries) expect(play.again?.body.booking_id).toBe((await rowOf(play))?.['id']);
  return play;
}

describe('a process that is killed leaves what settles by itself (F53)', () => {
  it.each(HURRIED)('%s', async (_name, crash) => {
    await expectSettled(crash);
  });

  it.each(UNHURRIED)('soon, with nothing hastened: %s', async (_name, crash) => {
    const { settledMs } = await expectSettled(crash);
    expect(settledMs).toBeLessThan(BOUND_MS);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryAlertEpisodes } from '../../test/fakes/in-memory-alert-episodes.js';
import { refusedClient, revokedGrant } from '../../test/support/a-failure.js';
import { FixedClock } from '../shared/clock.js';
import { SequentialIds } from '../shared/ids.js';
import { RecordingLog } from '../shared/log.js';
import { OperatorAlerts } from './operator-alerts.js';

const MINUTE_MS = 60_000;

let clock: FixedClock;
let log: RecordingLog;
let episodes: InMemoryAlertEpisodes;
let alerts: OperatorAlerts;

beforeEach(() => {
  clock = new FixedClock(0);
  log = new RecordingLog();
  episodes = new InMemoryAlertEpisodes(clock);
  alerts = anotherInstance();
});

let instances = 0;

function anotherInstance(): OperatorAlerts {
  const ids = new SequentialIds();
  instances += 1;
  const name = `instance ${instances}`;
  return new OperatorAlerts(episodes, { next: () => `${name} ${ids.next()}` }, clock, log);
}

const told = (): number => log.lines.filter(({ event }) => event === 'operator.alert').length;

/** The database fails at the next question, before or after it has done what it was asked. */
function failOnce(after: boolean): void {
  const met = episodes.met.bind(episodes);
  episodes.met = async (...question) => {
    episodes.met = met;
    if (after) await met(...question);
    throw new Error('the database is away');
  };
}

describe('an alert to the operator', () => {
  it('is told once, however many connections and instances meet the fault', async () => {
    const other = anotherInstance();
    await Promise.all(['a', 'b', 'c'].map((id) => alerts.raise(refusedClient(), id)));
    await other.raise(refusedClient(), 'd');
    clock.advance(2 * MINUTE_MS);
    await Promise.all([alerts.raise(refusedClient(), 'a'), other.raise(refusedClient(), 'd')]);
    expect(log.lines).toEqual([
      expect.objectContaining({
        level: 'error',
        event: 'operator.alert',
        fields: {
          connection_id: 'a',
          class: 'provider_misconfigured',
          code: 'invalid_client',
          upstream_status: 401,
          attempts: 1,
        },
      }),
    ]);
  });

  it('is told again when nobody met the fault for an hour, or when it was mended meanwhile', async () => {
    await alerts.raise(refusedClient(), 'a');
    clock.advance(59 * MINUTE_MS);
    await alerts.raise(refusedClient(), 'a');
    expect(told()).toBe(1);
    clock.advance(61 * MINUTE_MS);
    await alerts.raise(refusedClient(), 'a');
    expect(told()).toBe(2);
    await alerts.end(['invalid_client']);
    await alerts.raise(refusedClient(), 'a');
    expect(told()).toBe(3);
  });

  it('is not for what others have to mend', async () => {
    await alerts.raise(revokedGrant(), 'a');
    expect(log.lines).toEqual([]);
  });

  it.each([
    ['before', false],
    ['after', true],
  ])('is told later when the database fails %s recording it, and once only', async (_when, after) => {
    failOnce(after);
    await expect(alerts.raise(refusedClient(), 'a')).rejects.toThrow('away');
    expect(told()).toBe(0);
    await alerts.raise(refusedClient(), 'b');
    await alerts.raise(refusedClient(), 'c');
    await anotherInstance().raise(refusedClient(), 'd');
    expect(told()).toBe(1);
    clock.advance(2 * MINUTE_MS);
    await alerts.raise(refusedClient(), 'b');
    expect(told()).toBe(1);
  });
});

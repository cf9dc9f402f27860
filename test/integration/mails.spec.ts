import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MailAudienceEntity } from '../../src/notifications/persistence/mail-audience.entity.js';
import { MailEntity } from '../../src/notifications/persistence/mail.entity.js';
import { PostgresMailAudiences } from '../../src/notifications/persistence/postgres-mail-audiences.js';
import { PostgresMails } from '../../src/notifications/persistence/postgres-mails.js';
import type { MailKey, MailStep } from '../../src/notifications/mail.js';
import type { Mails } from '../../src/notifications/mails.js';
import { mailsOfStop } from '../../src/notifications/owner-schedule.js';
import { FixedClock } from '../../src/shared/clock.js';
import { RandomIds } from '../../src/shared/ids.js';
import { InMemoryMails } from '../fakes/in-memory-mails.js';
import { connectedSchema, type Schema } from '../support/schema.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SIMULTANEOUS = Array.from({ length: 20 }, (_, n) => n);
const FAULT = { code: 'invalid_client', message: 'The provider refuses the client.' };
const ids = new RandomIds();

interface World {
  readonly mails: Mails;
  now(): number;
  addConnection(): Promise<string>;
  /** A new stop of a connection; its id. */
  stop(connectionId: string): Promise<string>;
  recover(connectionId: string): Promise<void>;
  /** The fault of an episode was met so long ago. */
  meet(episode: string, agoMs: number): Promise<void>;
  mend(episode: string): Promise<void>;
  /** Milliseconds until the jobs that send an e-mail, rounded to minutes. */
  jobs(key: MailKey): Promise<number[]>;
}

let schema: Schema;
let world: World;
let mails: Mails;
let connectionId: string;

beforeAll(async () => {
  schema = await connectedSchema();
});

afterAll(() => schema.drop());

function memoryWorld(): World {
  const clock = new FixedClock(Date.now());
  const held = new InMemoryMails(clock);
  const { stops, working, metAt } = held.standing;
  return {
    mails: held,
    now: () => clock.now(),
    addConnection: async () => ids.next(),
    stop: async (connection) => {
      const episode = ids.next();
      clock.advance(5);
      working.delete(connection);
      stops.set(connection, episode);
      return episode;
    },
    recover: async (connection) => {
      stops.delete(connection);
      working.add(connection);
    },
    meet: async (episode, agoMs) => void metAt.set(episode, clock.now() - agoMs),
    mend: async (episode) => void metAt.delete(episode),
    jobs: async ({ episode, step }) => {
      const due = held.jobs.get(`${episode}/${step}`);
      return due === undefined ? [] : [minutes(due - clock.now())];
    },
  };
}

function postgresWorld(): World {
  const { source } = schema;
  const query = (text: string, values: unknown[]): Promise<{ id: string }[]> => source.query(text, values);
  return {
    mails: new PostgresMails(source.getRepository(MailEntity)),
    now: () => Date.now(),
    addConnection: async () => schema.addConnection(await schema.addWorkspace()),
    stop: async (connection) => {
      await query(
        `UPDATE connections SET auth_status = 'needs_reauth', last_error = '{"actor": "user"}' WHERE id = $1`,
        [connection],
      );
      const [event] = await query(
        `INSERT INTO connection_events (connection_id, kind, at) VALUES ($1, 'needs_reauth', clock_timestamp()) RETURNING id`,
        [connection],
      );
      return event?.id ?? '';
    },
    recover: async (connection) => {
      await query(`UPDATE connections SET auth_status = 'active', last_error = NULL WHERE id = $1`, [
        connection,
      ]);
    },
    meet: async (episode, agoMs) => {
      await query(
        `INSERT INTO operator_alerts (code, episode, met_at) VALUES ($1, $2, now() - $3 * interval '1 millisecond')
         ON CONFLICT (code) DO UPDATE SET met_at = excluded.met_at`,
        [`code of ${episode}`, episode, agoMs],
      );
    },
    mend: async (episode) => void (await query('DELETE FROM operator_alerts WHERE episode = $1', [episode])),
    jobs: async ({ episode, step }) => {
      const rows: { ms: number }[] = await source.query(
        `SELECT (extract(epoch FROM j.run_at - now()) * 1000)::float8 AS ms FROM graphile_worker.jobs j
         WHERE j.key = 'mail/' || $1::text || '/' || $2::text AND j.task_identifier = 'send-mail'`,
        [episode, step],
      );
      return rows.map(({ ms }) => minutes(ms));
    },
  };
}

const minutes = (ms: number): number => Math.round(ms / 60_000) + 0;

/** A stop of the account that began `agoMs` ago, with all that is sent about it. */
async function aStop(agoMs = 0): Promise<(step: MailStep) => MailKey> {
  const episode = await world.stop(connectionId);
  await mails.plan(mailsOfStop({ episode, connectionId, at: world.now() - agoMs }, null));
  return (step) => ({ episode, step });
}

async function aFault(): Promise<(step: MailStep) => MailKey> {
  const episode = ids.next();
  const common = { episode, connectionId: null, fault: FAULT, episodeBeganAt: world.now() };
  await world.meet(episode, 0);
  await mails.plan([
    { ...common, step: 'alert', dueAt: world.now() },
    { ...common, step: 'mended', dueAt: world.now() + HOUR },
  ]);
  return (step) => ({ episode, step });
}

const claim = (key: MailKey): ReturnType<Mails['claim']> => mails.claim(key, 'ada@example.com', HOUR);
const statusOf = async (key: MailKey): Promise<string | undefined> => (await mails.find(key))?.status;

async function send(key: MailKey): Promise<void> {
  expect(await claim(key)).toBe('claimed');
  await mails.settle(key, 'sent', null);
}

describe.each([
  ['InMemoryMails', memoryWorld],
  ['PostgresMails', postgresWorld],
])('%s', (_name, makeWorld) => {
  beforeEach(async () => {
    world = makeWorld();
    ({ mails } = world);
    connectionId = await world.addConnection();
  });

  it('plans each e-mail once, with a job for its time', async () => {
    const key = await aStop();
    const planned = { ...key('stopped'), connectionId, fault: null };
    await mails.plan([{ ...planned, episodeBeganAt: world.now(), dueAt: world.now() + DAY }]);
    expect(await mails.find(key('stopped'))).toMatchObject({
      ...planned,
      status: 'planned',
      attempts: 0,
      recipient: null,
    });
    expect(await world.jobs(key('stopped'))).toEqual([0]);
    expect(await world.jobs(key('reminder_3'))).toEqual([3 * 24 * 60]);
    expect(await world.jobs(key('reminder_14'))).toEqual([14 * 24 * 60]);
  });

  it('gives an e-mail to one of many that claim it, and to nobody after', async () => {
    const key = await aStop();
    const claims = await Promise.all(SIMULTANEOUS.map(() => claim(key('stopped'))));
    expect(claims.filter((one) => one === 'claimed')).toHaveLength(1);
    expect(new Set(claims)).toEqual(new Set(['claimed', 'taken']));
    await mails.settle(key('stopped'), 'sent', null);
    expect(await claim(key('stopped'))).toBe('taken');
    expect(await mails.find(key('stopped'))).toMatchObject({ status: 'sent', recipient: 'ada@example.com' });
  });

  it('ends once: what was sent is not unknown afterwards, and what was unknown may turn out sent', async () => {
    const key = await aStop();
    await claim(key('stopped'));
    await mails.settle(key('stopped'), 'unknown', null);
    await mails.settle(key('stopped'), 'sent', null);
    await mails.settle(key('stopped'), 'unknown', null);
    await mails.postpone(key('stopped'), 0);
    expect(await statusOf(key('stopped'))).toBe('sent');
  });

  it('does not send what is not so any more', async () => {
    const key = await aStop();
    await world.recover(connectionId);
    expect(await claim(key('stopped'))).toBe('over');
    expect(await statusOf(key('stopped'))).toBe('cancelled');
    expect(await claim(key('stopped'))).toBe('taken');
  });

  it('sends nothing about a stop after which there was another', async () => {
    const key = await aStop();
    await world.recover(connectionId);
    const next = await aStop();
    expect(await claim(key('stopped'))).toBe('over');
    expect(await claim(next('stopped'))).toBe('claimed');
  });

  it('sends the latest of several that are due', async () => {
    const key = await aStop(4 * DAY);
    expect(await claim(key('stopped'))).toBe('over');
    expect(await claim(key('reminder_3'))).toBe('claimed');
  });

  it('takes back what was planned about a stop that is over, and its jobs, and nothing of the present one', async () => {
    const key = await aStop();
    await send(key('stopped'));
    await world.recover(connectionId);
    const next = await aStop();
    await mails.cancelStale(connectionId);
    expect(await statusOf(key('stopped'))).toBe('sent');
    expect(await statusOf(key('reminder_3'))).toBe('cancelled');
    expect(await world.jobs(key('reminder_3'))).toEqual([]);
    expect(await statusOf(next('reminder_3'))).toBe('planned');
    expect(await world.jobs(next('reminder_3'))).toHaveLength(1);
  });

  it('knows when the first e-mail went out, and about which stop anybody was told', async () => {
    const key = await aStop(4 * DAY);
    expect(await mails.lastFirstAt(connectionId)).toBeNull();
    expect(await mails.toldEpisode(connectionId)).toBeNull();
    expect(await mails.recipientOf(key('stopped').episode)).toBeNull();
    await send(key('reminder_3'));
    expect(await mails.lastFirstAt(connectionId)).toBeNull();
    expect(await mails.toldEpisode(connectionId)).toMatchObject({ episode: key('stopped').episode });
    await world.recover(connectionId);
    const next = await aStop();
    await claim(next('stopped'));
    expect(Math.abs(((await mails.lastFirstAt(connectionId)) ?? 0) - world.now())).toBeLessThan(60_000);
    expect(await mails.toldEpisode(connectionId)).toMatchObject({ episode: next('stopped').episode });
    expect(await mails.recipientOf(next('stopped').episode)).toBe('ada@example.com');
  });

  it('tells that an account works again only while it does', async () => {
    const key = await aStop();
    await send(key('stopped'));
    const note = { ...key('recovered'), connectionId, fault: null };
    await mails.plan([{ ...note, episodeBeganAt: world.now(), dueAt: world.now() }]);
    expect(await claim(key('recovered'))).toBe('over');
    await world.recover(connectionId);
    const later = await aStop();
    await world.recover(connectionId);
    await mails.plan([
      { ...note, episode: later('stopped').episode, episodeBeganAt: world.now(), dueAt: world.now() },
    ]);
    expect(await claim(later('recovered'))).toBe('claimed');
  });

  it('puts off with a later job, until it is claimed again', async () => {
    const key = await aStop();
    await claim(key('stopped'));
    await mails.postpone(key('stopped'), 30 * 60_000);
    expect(await mails.find(key('stopped'))).toMatchObject({ status: 'planned', attempts: 1 });
    expect(await world.jobs(key('stopped'))).toEqual([30]);
    expect(await mails.lastFirstAt(connectionId)).toBeNull();
    expect(await claim(key('stopped'))).toBe('claimed');
  });

  it('is due anew when it is rescheduled, as long as it is planned', async () => {
    const key = (await aFault())('mended');
    const dueInMinutes = async (): Promise<number> =>
      minutes(((await mails.find(key))?.dueAt ?? 0) - world.now());
    for (const [delayMs, expected] of [
      [2 * HOUR, 120],
      [0, 0],
    ] as const) {
      await mails.reschedule(key, delayMs);
      expect(await dueInMinutes()).toBe(expected);
      expect(await world.jobs(key)).toEqual([expected]);
    }
    expect((await mails.find(key))?.attempts).toBe(0);
    await mails.cancel(key);
    await mails.reschedule(key, HOUR);
    expect(await dueInMinutes()).toBe(0);
  });

  it('tells the operator of a fault until it is mended, however long nobody met it, and first that it began', async () => {
    const key = await aFault();
    await world.meet(key('alert').episode, 5 * HOUR);
    expect(await claim(key('mended'))).toBe('early');
    await send(key('alert'));
    expect(await claim(key('mended'))).toBe('claimed');
  });

  it('tells the operator that a fault is over when it is, and only after an alert', async () => {
    const key = await aFault();
    await send(key('alert'));
    expect(await claim(key('mended'))).toBe('early');
    expect(await statusOf(key('mended'))).toBe('planned');
    await mails.reschedule(key('mended'), 0);
    expect(await world.jobs(key('mended'))).toEqual([0]);
    await world.meet(key('mended').episode, 2 * HOUR);
    expect(await claim(key('mended'))).toBe('claimed');

    const short = await aFault();
    await world.mend(short('alert').episode);
    expect(await claim(short('alert'))).toBe('over');
    expect(await claim(short('mended'))).toBe('over');
  });

  it('lists what the server refused, as long as the stop lasts and nothing later got through', async () => {
    const refusedOnes = async (): Promise<unknown[]> =>
      (await mails.refused('all')).filter((one) => one.connectionId === connectionId);
    const key = await aStop();
    await claim(key('stopped'));
    await mails.settle(key('stopped'), 'failed', 550);
    expect(await refusedOnes()).toMatchObject([{ connectionId, smtpStatus: 550 }]);
    await send(key('reminder_3'));
    expect(await refusedOnes()).toEqual([]);
    await world.recover(connectionId);
    const next = await aStop();
    await claim(next('stopped'));
    await mails.settle(next('stopped'), 'failed', 550);
    expect(await refusedOnes()).toHaveLength(1);
    await world.recover(connectionId);
    expect(await refusedOnes()).toEqual([]);
  });

  it('forgets whole episodes only', async () => {
    const old = await aStop(400 * DAY);
    const recent = await aStop(370 * DAY);
    await mails.removeOlderThan(365 * DAY);
    expect(await mails.find(old('reminder_14'))).toBeNull();
    expect(await mails.find(recent('stopped'))).not.toBeNull();
  });
});

describe('PostgresMails', () => {
  beforeEach(async () => {
    world = postgresWorld();
    ({ mails } = world);
    connectionId = await world.addConnection();
  });

  it('leaves out an account that is gone, and forgets what was planned for one that goes', async () => {
    const key = await aStop();
    await schema.source.query('DELETE FROM connections WHERE id = $1', [connectionId]);
    expect(await mails.find(key('stopped'))).toBeNull();
    await mails.plan(mailsOfStop({ episode: ids.next(), connectionId, at: world.now() }, null));
    expect(await mails.refused({ workspaceId: ids.next() })).toEqual([]);
  });

  it('asks nobody to mend what the operator has to', async () => {
    const key = await aStop();
    await schema.source.query(`UPDATE connections SET last_error = '{"actor": "operator"}' WHERE id = $1`, [
      connectionId,
    ]);
    expect(await claim(key('stopped'))).toBe('over');
  });
});

describe('PostgresMailAudiences', () => {
  const audiences = (): PostgresMailAudiences =>
    new PostgresMailAudiences(schema.source.getRepository(MailAudienceEntity));
  const tasks = async (): Promise<string[]> => {
    const rows: { task: string }[] = await schema.source.query(
      `SELECT task FROM alert_listeners UNION SELECT task FROM outbox_listeners ORDER BY task`,
    );
    return rows.map(({ task }) => task);
  };

  beforeEach(async () => {
    await schema.source.query('DELETE FROM mail_audiences');
    await schema.addWorkspace();
  });

  it('are planned for as long as any instance writes to them, whatever others cannot send', async () => {
    expect(await tasks()).toEqual([]);
    await audiences().renew(['owners', 'operator']);
    await audiences().renew(['owners']);
    await audiences().renew([]);
    expect(await tasks()).toEqual(['plan-operator-mails', 'plan-owner-mails']);
  });

  it('are left out when no instance has spoken of them for a day', async () => {
    await audiences().renew(['owners', 'operator']);
    await schema.source.query(`UPDATE mail_audiences SET seen_at = now() - interval '25 hours'`);
    expect(await tasks()).toEqual([]);
    await audiences().renew(['owners']);
    expect(await tasks()).toEqual(['plan-owner-mails']);
  });
});

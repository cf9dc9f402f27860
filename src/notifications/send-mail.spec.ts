import { beforeEach, describe, expect, it } from '@jest/globals';
import { MailBench } from '../../test/support/mail-bench.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let bench: MailBench;

beforeEach(() => {
  bench = new MailBench();
});

const statusOf = async (episode: string, step: 'stopped' | 'reminder_3' = 'stopped') =>
  (await bench.mails.find({ episode, step }))?.status;
const logged = (): string[] => bench.log.lines.map(({ event }) => event);

describe('e-mails about an account', () => {
  it('come when it stops and on days 3, 7 and 14, each with a fresh link, and no more', async () => {
    await bench.stop();
    await bench.pass(2 * DAY);
    expect(bench.steps()).toEqual(['stopped']);
    await bench.pass(60 * DAY);
    expect(bench.steps()).toEqual(['stopped', 'reminder_3', 'reminder_7', 'reminder_14']);
    const links = bench.postman.letters.map(({ text }) => /https?:\S+link=\S+/.exec(text)?.[0]);
    expect(new Set(links).size).toBe(4);
  });

  it('end when it works again, with one note', async () => {
    await bench.stop();
    await bench.pass(4 * DAY);
    await bench.recover();
    await bench.recover();
    await bench.pass(60 * DAY);
    expect(bench.steps()).toEqual(['stopped', 'reminder_3', 'recovered']);
  });

  it('end without a note when it is disconnected', async () => {
    await bench.stop();
    await bench.pass(MINUTE);
    await bench.disconnect();
    await bench.pass(60 * DAY);
    expect(bench.steps()).toEqual(['stopped']);
  });

  it('are not sent at all when it works again before the first', async () => {
    bench.postman.isAway = true;
    await bench.stop();
    await bench.pass(MINUTE);
    await bench.recover();
    bench.postman.isAway = false;
    await bench.pass(60 * DAY);
    expect(bench.steps()).toEqual([]);
  });

  it('begin once a day at most, however often it stops', async () => {
    for (let time = 0; time < 5; time += 1) {
      await bench.stop();
      await bench.pass(10 * MINUTE);
      await bench.recover();
      await bench.pass(10 * MINUTE);
    }
    expect(bench.steps()).toEqual(['stopped', 'recovered']);
    await bench.stop();
    await bench.pass(DAY);
    expect(bench.steps()).toEqual(['stopped', 'recovered', 'stopped']);
  });

  it('are none when only the operator can mend it', async () => {
    await bench.stop('operator', { category: 'provider_misconfigured', code: 'invalid_client' });
    await bench.recover();
    await bench.pass(60 * DAY);
    expect(bench.steps()).toEqual([]);
  });
});

describe('an e-mail', () => {
  it('waits for a mail server that is away, and goes out once when it is back', async () => {
    bench.postman.isAway = true;
    const episode = await bench.stop();
    await bench.pass(HOUR);
    expect(await statusOf(episode)).toBe('planned');
    bench.postman.isAway = false;
    await bench.pass(15 * MINUTE);
    expect(bench.steps()).toEqual(['stopped']);
    expect(new Set(logged())).toEqual(new Set(['mail.put_off', 'mail.sent']));
  });

  it('is tried again when the server does not take it for now', async () => {
    bench.postman.answer = { kind: 'later', smtpStatus: 451 };
    const episode = await bench.stop();
    await bench.pass(0);
    bench.postman.answer = { kind: 'sent' };
    await bench.pass(MINUTE);
    expect(bench.steps()).toEqual(['stopped', 'stopped']);
    expect(await statusOf(episode)).toBe('sent');
  });

  it('that is refused is not tried again, and is to be seen', async () => {
    bench.postman.answer = { kind: 'refused', smtpStatus: 550 };
    const episode = await bench.stop();
    await bench.pass(DAY);
    expect(bench.steps()).toEqual(['stopped']);
    expect(await statusOf(episode)).toBe('failed');
    expect(await bench.mails.refused()).toMatchObject([{ smtpStatus: 550 }]);
    expect(bench.log.lines.at(-1)).toMatchObject({ level: 'warn', event: 'mail.failed' });
  });

  it.each(['its connection broke', 'its process died'])(
    'of which nobody knows, since %s, never goes out again',
    async (why) => {
      const episode = await bench.stop();
      if (why === 'its process died') {
        bench.postman.meanwhile = () => Promise.reject(new Error('killed'));
        await expect(bench.pass(0)).rejects.toThrow('killed');
        await bench.attempt({ episode, step: 'stopped' });
      } else {
        bench.postman.answer = { kind: 'unknown' };
        await bench.pass(0);
      }
      await bench.attempt({ episode, step: 'stopped' });
      expect(bench.steps()).toEqual(['stopped']);
      expect(await statusOf(episode)).toBe('unknown');
      expect(logged()).toEqual(['mail.outcome_unknown']);
    },
  );

  it('goes out once when several try to send it, also while one is at it', async () => {
    const episode = await bench.stop();
    const key = { episode, step: 'stopped' } as const;
    bench.postman.meanwhile = () => bench.attempt(key);
    await Promise.all([bench.attempt(key), bench.attempt(key), bench.attempt(key)]);
    expect(bench.steps()).toEqual(['stopped']);
    expect(await statusOf(episode)).toBe('sent');
  });

  it('is the last of several that are due together', async () => {
    bench.postman.isAway = true;
    const episode = await bench.stop();
    await bench.pass(3 * DAY);
    bench.postman.isAway = false;
    await bench.pass(DAY);
    expect(bench.steps()).toEqual(['reminder_3']);
    expect(await statusOf(episode)).toBe('cancelled');
  });

  it('is given up after days, however long the server is away', async () => {
    bench.postman.isAway = true;
    const episode = await bench.stop();
    await bench.pass(6 * DAY);
    expect(await statusOf(episode)).toBe('failed');
  });
});

describe('e-mails to the operator', () => {
  it('are one when a fault begins and one when it is mended', async () => {
    await bench.operatorFault('episode');
    await bench.operatorFault('episode');
    await bench.pass(MINUTE);
    await bench.operatorMend('episode');
    await bench.pass(60 * DAY);
    expect(bench.steps()).toEqual(['alert', 'mended']);
    expect(bench.last()).toMatchObject({
      to: 'operator@example.com',
      subject: expect.stringContaining('over'),
    });
  });

  it('tell that a fault is over when nobody has met it for an hour', async () => {
    await bench.operatorFault('episode');
    await bench.pass(50 * MINUTE);
    bench.mails.standing.metAt.set('episode', bench.clock.now());
    await bench.pass(30 * MINUTE);
    expect(bench.steps()).toEqual(['alert']);
    await bench.pass(2 * HOUR);
    expect(bench.steps()).toEqual(['alert', 'mended']);
  });

  it('come late rather than never when the server was away while the fault began', async () => {
    bench.postman.isAway = true;
    await bench.operatorFault('episode');
    await bench.pass(3 * HOUR);
    bench.postman.isAway = false;
    await bench.pass(2 * HOUR);
    expect(bench.steps()).toEqual(['alert', 'mended']);
  });

  it.each(['is told to be mended', 'is not met any more'])(
    'tell of the end of a fault that lasted for days and %s, although the server does not take it for now',
    async (end) => {
      await bench.operatorFault('episode');
      for (let hour = 0; hour < 6 * 24; hour += 1) {
        bench.mails.standing.metAt.set('episode', bench.clock.now());
        await bench.pass(HOUR);
      }
      bench.postman.answer = { kind: 'later', smtpStatus: 451 };
      if (end === 'is told to be mended') await bench.operatorMend('episode');
      await bench.pass(2 * HOUR);
      bench.postman.answer = { kind: 'sent' };
      await bench.pass(HOUR);
      expect(new Set(bench.steps())).toEqual(new Set(['alert', 'mended']));
      expect((await bench.mails.find({ episode: 'episode', step: 'mended' }))?.status).toBe('sent');
    },
  );

  it('are none about a fault that was mended before the first could be sent', async () => {
    bench.postman.isAway = true;
    await bench.operatorFault('episode');
    await bench.pass(MINUTE);
    await bench.operatorMend('episode');
    bench.postman.isAway = false;
    await bench.pass(DAY);
    expect(bench.steps()).toEqual([]);
  });
});

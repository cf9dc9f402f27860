import { nth, type FaultBench } from './fault-bench.js';
import type { Answer } from './service.js';
import { control } from './world.js';

let newcomers = 0;

/** The steps of one workspace's OAuth flow, one at a time, so that a test can spoil any of them. */
export class ConsentFlow {
  constructor(
    private readonly bench: FaultBench,
    private readonly key: string,
    private readonly service = bench.service,
  ) {}

  /** An account at the sandbox that nobody has connected yet. */
  async newcomer(): Promise<string> {
    newcomers += 1;
    const email = `newcomer${newcomers}@example.com`;
    const calendars = [{ id: email, name: 'Newcomer', timezone: 'UTC' }];
    await control(this.bench.google, 'POST', '/sandbox/accounts', { email, calendars });
    return email;
  }

  async authorize(body: object = {}): Promise<{ authorization_url: string; state: string }> {
    const answer = await this.service.call('POST', '/api/oauth/google/authorize', {
      key: this.key,
      body,
    });
    if (answer.status !== 200) throw new Error(`authorize answered ${answer.status}`);
    return answer.body;
  }

  /** What the person's browser is sent back to after `decision`, as a path of the service. */
  async consent(wish: object, decision: object): Promise<string> {
    const { authorization_url } = await this.authorize(wish);
    const answer = await control(this.bench.google, 'POST', '/sandbox/consent', {
      authorization_url,
      ...decision,
    });
    return String(answer['redirect_url']).replace(this.service.url, '');
  }

  visit(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.service.call('GET', path, { key: null, headers });
  }

  connectionsOf(email: string): Promise<number> {
    return this.bench.count('connections WHERE account_email = $1', [email]);
  }

  async connectionIdOf(email: string): Promise<string> {
    const sql = 'SELECT id FROM connections WHERE account_email = $1';
    return nth((await this.bench.db.query<{ id: string }>(sql, [email])).rows, 0).id;
  }
}

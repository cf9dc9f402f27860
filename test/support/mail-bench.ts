import { ComposeLetter } from '../../src/notifications/compose-letter.js';
import { FindDependents } from '../../src/notifications/dependents.js';
import type { MailKey, MailStep } from '../../src/notifications/mail.js';
import { OperatorLetters } from '../../src/notifications/operator-letters.js';
import { OwnerLetters } from '../../src/notifications/owner-letters.js';
import { PlanOperatorMails } from '../../src/notifications/plan-operator-mails.js';
import { PlanOwnerMails } from '../../src/notifications/plan-owner-mails.js';
import type { Letter } from '../../src/notifications/postman.js';
import { ReadAccount } from '../../src/notifications/read-account.js';
import { SendMail } from '../../src/notifications/send-mail.js';
import type { LastError } from '../../src/oauth/connection.js';
import { ReauthLinks } from '../../src/oauth/reauth-links.js';
import { FixedClock } from '../../src/shared/clock.js';
import type { Actor } from '../../src/shared/failure.js';
import { RecordingLog } from '../../src/shared/log.js';
import { Secret } from '../../src/shared/secret.js';
import { Signer } from '../../src/shared/signer.js';
import type { Workspace } from '../../src/workspaces/workspace.js';
import { InMemoryBookingTables } from '../fakes/in-memory-booking-tables.js';
import { InMemoryBookings } from '../fakes/in-memory-bookings.js';
import { InMemoryCalendars } from '../fakes/in-memory-calendars.js';
import { InMemoryConfigurations } from '../fakes/in-memory-configurations.js';
import { InMemoryConnections } from '../fakes/in-memory-connections.js';
import { InMemoryMails } from '../fakes/in-memory-mails.js';
import { InMemoryOutboxEvents } from '../fakes/in-memory-outbox-events.js';
import { InMemoryWorkspaces } from '../fakes/in-memory-workspaces.js';
import { ScriptedPostman } from '../fakes/scripted-postman.js';
import { aConfig } from './a-config.js';
import { aConnection, aLastError } from './a-connection.js';
import { aWorkspace } from './a-workspace.js';

const MONDAY = Date.UTC(2027, 2, 8, 12);
const OPERATOR = 'operator@example.com';

/** An account of a workspace, and the e-mails about it, over fakes. */
export class MailBench {
  readonly clock = new FixedClock(MONDAY);
  readonly log = new RecordingLog();
  readonly mails = new InMemoryMails(this.clock);
  readonly events = new InMemoryOutboxEvents(undefined, this.clock);
  readonly postman = new ScriptedPostman();
  readonly calendars = new InMemoryCalendars();
  readonly configurations = new InMemoryConfigurations();
  readonly bookings = new InMemoryBookings(new InMemoryBookingTables(this.clock));
  readonly connection = aConnection();
  readonly send: SendMail;
  readonly #connections = new InMemoryConnections();
  readonly #workspaces = new InMemoryWorkspaces();
  readonly #planOwner = new PlanOwnerMails(this.events, this.mails, this.clock);
  readonly #planOperator = new PlanOperatorMails(this.mails, this.clock);

  constructor(workspace: Partial<Workspace> = {}) {
    const mail = {
      smtpUrl: new Secret('smtp://nowhere'),
      from: 'slots@example.com',
      operatorEmail: OPERATOR,
    };
    const config = aConfig({ mail });
    const links = new ReauthLinks(config, new Signer(new Map([['one', Buffer.alloc(32, 1)]])), this.clock);
    const dependents = new FindDependents(this.calendars, this.configurations, this.bookings);
    const accounts = new ReadAccount(this.#connections, this.#workspaces);
    const owners = new OwnerLetters(accounts, this.mails, dependents, links, config);
    const letters = new ComposeLetter(owners, new OperatorLetters(config));
    this.send = new SendMail(this.mails, letters, this.postman, this.clock, this.log);
    this.#workspaces.given(aWorkspace({ id: this.connection.workspaceId, ...workspace }));
    this.#connections.given(this.connection);
  }

  /** The account stops for want of `actor`; the episode. */
  async stop(actor: Actor = 'user', error: Partial<LastError> = {}): Promise<string> {
    const { id } = this.connection;
    const lastError = aLastError({ actor, ...error });
    this.#connections.given({ ...this.connection, authStatus: 'needs_reauth', lastError });
    const event = await this.#tell('connection.needs_reauth', { actor });
    this.mails.standing.working.delete(id);
    this.mails.standing.stops.set(id, event);
    await this.#planOwner.execute(event);
    return event;
  }

  async recover(): Promise<void> {
    this.#connections.given(this.connection);
    this.mails.standing.stops.delete(this.connection.id);
    this.mails.standing.working.add(this.connection.id);
    await this.#planOwner.execute(await this.#tell('connection.recovered'));
  }

  async disconnect(): Promise<void> {
    this.#connections.given({ ...this.connection, authStatus: 'disconnected' });
    this.mails.standing.stops.delete(this.connection.id);
    await this.#planOwner.execute(await this.#tell('connection.disconnected'));
  }

  async operatorFault(episode: string): Promise<void> {
    this.mails.standing.metAt.set(episode, this.clock.now());
    const fault = { code: 'invalid_client', message: 'The provider refuses the client.' };
    await this.#planOperator.execute({ episode, fault });
  }

  async operatorMend(episode: string): Promise<void> {
    this.mails.standing.metAt.delete(episode);
    await this.#planOperator.execute({ episode, fault: null });
  }

  /** Time passes, and each e-mail is sent at its time. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (;;) {
      const [next] = [...this.mails.jobs].toSorted(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > end) break;
      const [name, dueAt] = next;
      this.mails.jobs.delete(name);
      this.clock.set(Math.max(dueAt, this.clock.now()));
      await this.attempt(keyOf(name));
    }
    this.clock.set(end);
  }

  async attempt(key: MailKey): Promise<void> {
    await this.send.execute(key, new AbortController().signal);
  }

  /** What was handed in, by step, in order. */
  steps(): string[] {
    return this.postman.letters.map(({ name }) => name.split('.')[1] ?? '');
  }

  last(): Letter {
    const letter = this.postman.letters.at(-1);
    if (letter === undefined) throw new Error('There was no letter.');
    return letter;
  }

  async #tell(type: string, data: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { id: objectId, workspaceId } = this.connection;
    return (await this.events.add({ workspaceId, type, objectId, data })).id;
  }
}

function keyOf(name: string): MailKey {
  const [episode = '', step = ''] = name.split('/');
  return { episode, step: step as MailStep };
}

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject } from './json-shape.js';
import type { SandboxState } from './state.js';
import type { Account, Calendar } from './state/accounts.js';
import type { Client } from './state/clients.js';
import type { StoredEvent } from './state/events.js';
import { SigningKey } from './state/signing-key.js';
import type { AccessToken, Grant, RefreshToken } from './state/tokens.js';

interface Saved {
  readonly version: 1;
  readonly revision: number;
  readonly signingKey?: string;
  readonly clients: readonly Client[];
  readonly accounts: readonly Account[];
  readonly calendars: readonly Calendar[];
  readonly events: readonly StoredEvent[];
  readonly grants: readonly Grant[];
  readonly refreshTokens: readonly RefreshToken[];
  readonly accessTokens: readonly AccessToken[];
}

const DEBOUNCE_MS = 100;

/** Keeps a state in a file, so that connections made with the stand-in survive its restart. */
export class StateFile {
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly state: SandboxState,
  ) {}

  /** @returns whether there was a file
   *  @throws when the file is there but cannot be understood */
  async load(): Promise<boolean> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return false;
    restore(this.state, parse(text, this.path));
    return true;
  }

  /** Saves soon; many changes in a row cost one write. */
  readonly saveSoon = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.write().catch(() => undefined);
    }, DEBOUNCE_MS);
  };

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.write();
  }

  /** One write at a time; each saves the state as it is when its turn comes. */
  private write(): Promise<void> {
    this.writing = this.writeAfter(this.writing);
    return this.writing;
  }

  private async writeAfter(earlier: Promise<void>): Promise<void> {
    await earlier.catch(() => undefined);
    const draft = `${this.path}.draft`;
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(draft, JSON.stringify(saved(this.state)), { mode: 0o600 });
    await rename(draft, this.path);
  }
}

function parse(text: string, path: string): Saved {
  try {
    const value: unknown = JSON.parse(text);
    if (isSaved(value)) return value;
  } catch (cause) {
    throw new Error(`${path} is not a state of the sandbox; remove it to start afresh`, { cause });
  }
  throw new Error(`${path} was written by another version of the sandbox; remove it to start afresh`);
}

function isSaved(value: unknown): value is Saved {
  return isObject(value) && value['version'] === 1;
}

function saved({ revision, signingKey, clients, accounts, events, tokens }: SandboxState): Saved {
  return {
    version: 1,
    revision,
    ...(signingKey.saved === undefined ? {} : { signingKey: signingKey.saved }),
    clients: [...clients.values()],
    accounts: [...accounts.accounts.values()],
    calendars: [...accounts.calendars.values()],
    events: events.all(),
    grants: [...tokens.grants.values()],
    refreshTokens: [...tokens.refreshTokens.values()],
    accessTokens: [...tokens.accessTokens.values()],
  };
}

function restore(state: SandboxState, file: Saved): void {
  state.revision = file.revision;
  state.signingKey = new SigningKey(file.signingKey);
  for (const client of file.clients) state.clients.set(client.id, client);
  for (const account of file.accounts) state.accounts.accounts.set(account.email.toLowerCase(), account);
  for (const calendar of file.calendars) state.accounts.calendars.set(calendar.id, calendar);
  for (const event of file.events) state.events.put(event);
  for (const { account, clientId, scopes } of file.grants) state.tokens.allow(account, clientId, scopes);
  for (const token of file.refreshTokens) state.tokens.addRefreshToken(token);
  for (const token of file.accessTokens) state.tokens.accessTokens.set(token.token, token);
}

import { Injectable } from '@nestjs/common';
import { attemptsOf, ProviderError, type Failure } from '../shared/failure.js';
import { isClientRefusal, speaksForAll } from './client-refusal.js';
import { MISSING_TOKENS, TOKEN_UNDECRYPTABLE } from './connection.js';
import { ForcedTokenRefresh } from './forced-token-refresh.js';

/** An endpoint that is away would otherwise be asked by all of them. */
const MOST_ASKED = 3;
const NOTHING_TO_ASK_WITH: ReadonlySet<string> = new Set([MISSING_TOKENS.code, TOKEN_UNDECRYPTABLE.code]);

export type ClientAnswer = 'accepted' | 'refused';

/** What a refresh tells of our client, by its failure or by null for its success; null when it tells nothing. */
export type ClientJudge = (failure: Failure | null) => ClientAnswer | null;

/** A provider looks at a grant only after it has accepted the client that asks. */
export const ofClient: ClientJudge = (failure) => {
  if (failure === null) return 'accepted';
  if (!failure.needsReauth || NOTHING_TO_ASK_WITH.has(failure.code) || !speaksForAll(failure)) return null;
  return isClientRefusal(failure) ? 'refused' : 'accepted';
};

/** Whether the client may refresh tokens: only one that it refreshed proves it. */
export const ofPermission: ClientJudge = (failure) => {
  if (failure === null) return 'accepted';
  return isClientRefusal(failure) ? 'refused' : null;
};

/** Tries our OAuth client with one connection, or with the next when that one tells nothing of it. */
@Injectable()
export class ProbeOAuthClient {
  constructor(private readonly token: ForcedTokenRefresh) {}

  /** @param connectionIds the ones to try, in this order; what a refresh means for them is recorded by itself */
  async execute(connectionIds: readonly string[], judge: ClientJudge): Promise<ClientAnswer | null> {
    let asked = 0;
    for (const id of connectionIds) {
      const error = await this.#tried(id);
      const answer = judge(error === null ? null : causeOf(error).failure);
      if (answer !== null) return answer;
      if (error !== null && attemptsOf(error.failure) > 0) asked += 1;
      if (asked === MOST_ASKED) return null;
    }
    return null;
  }

  async #tried(connectionId: string): Promise<ProviderError | null> {
    try {
      await this.token.execute(connectionId, { sparing: true });
      return null;
    } catch (error) {
      if (error instanceof ProviderError) return error;
      throw error;
    }
  }
}

/** What the provider said, under what it was taken for. */
function causeOf(error: ProviderError): ProviderError {
  return error.cause instanceof ProviderError ? causeOf(error.cause) : error;
}

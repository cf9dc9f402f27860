import { Conflict, ValidationFailed } from '../shared/app-error.js';
import { MAX_WEBHOOKS } from './webhook.js';

/** Nothing can be signed. Status 409. */
export class SecretLost extends Conflict {
  constructor() {
    super('The secret of this webhook was lost with an encryption key; rotate the secret first.');
  }
}

/** Status 409. */
export class TooManyWebhooks extends Conflict {
  constructor() {
    super(`A workspace has at most ${MAX_WEBHOOKS} webhooks.`);
  }
}

/** Status 409. */
export class AttemptUnderWay extends Conflict {
  constructor() {
    super('An attempt to deliver this is under way; ask again when it has come to an end.');
  }
}

/** Nothing may be sent to an address. Status 400. */
export function refusedTarget(why: string): ValidationFailed {
  return ValidationFailed.of('url', why);
}

import type { Secret } from '../../src/shared/secret.js';
import type { Attempt } from '../../src/webhooks/delivery.js';
import { WebhookSender, type Message } from '../../src/webhooks/webhook-sender.js';

export const TAKEN: Attempt = { failure: null, responseStatus: 204, retryAfterMs: null, durationMs: 12 };
export const BROKEN: Attempt = { failure: 'answer', responseStatus: 500, retryAfterMs: null, durationMs: 12 };
export const GONE: Attempt = { failure: 'answer', responseStatus: 410, retryAfterMs: null, durationMs: 12 };
export const UNREACHABLE: Attempt = {
  failure: 'connection_failed',
  responseStatus: null,
  retryAfterMs: null,
  durationMs: 12,
};

/** Sends nothing, and tells what the test says. */
export class ScriptedWebhookSender extends WebhookSender {
  readonly sent: { readonly url: string; readonly message: Message; readonly secrets: readonly string[] }[] =
    [];
  answers: Attempt = TAKEN;
  refuses: string | null = null;
  /** Runs while the attempt is under way. */
  meanwhile: () => void = () => undefined;

  async refusalOf(): Promise<string | null> {
    return this.refuses;
  }

  async send(url: string, message: Message, secrets: readonly Secret[]): Promise<Attempt> {
    this.sent.push({ url, message, secrets: secrets.map((secret) => secret.reveal()) });
    this.meanwhile();
    return this.answers;
  }
}

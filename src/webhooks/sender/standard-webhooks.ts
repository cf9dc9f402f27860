import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '../../shared/secret.js';
import type { Instant } from '../../shared/time.js';
import type { Message } from '../webhook-sender.js';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
export function newSigningSecret(): Secret {
  return new Secret(PREFIX + randomBytes(SECRET_BYTES).toString('base64'));
}

/** Tells who sends, what, and when: a receiver refuses what is signed wrongly or was sent long ago. */
export function signedHeaders(
  { id, body }: Message,
  secrets: readonly Secret[],
  sentAt: Instant,
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt / 1000));
  const signatures = secrets.map((secret) => `v1,${mac(secret, `${id}.${timestamp}.${body}`)}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

function mac(secret: Secret, text: string): string {
  const key = Buffer.from(secret.reveal().slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(text).digest('base64');
}

import type { Failure } from '../shared/failure.js';

/**
 * What all instances know of our own registration at a provider. `client` names a registration and its
 * secret: with a new secret it is another one, of which nothing bad is known.
 */
export abstract class OAuthClients {
  /** Why the provider refuses the client, whoever asks; null when it is not known to. */
  abstract refusal(client: string): Promise<Failure | null>;
  /** The provider refused the client. The next probe is due in `probeMs` if none was planned. */
  abstract refused(client: string, failure: Failure, probeMs: number): Promise<void>;
  /** The provider refused the client for one connection. The next probe is due in `probeMs` if none was planned. */
  abstract planProbe(client: string, probeMs: number): Promise<void>;
  /** Takes the right to try `client` again; true for one caller in `probeMs`, among all instances. */
  abstract takeProbe(client: string, probeMs: number): Promise<boolean>;
  /** The provider accepts the client: why it and its predecessors were refused is history. The codes of those refusals. */
  abstract mended(): Promise<readonly string[]>;
  /** Nobody is held up by any client: refusals and planned probes are of no use. */
  abstract forget(): Promise<void>;
}

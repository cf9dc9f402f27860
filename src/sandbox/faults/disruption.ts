/** A fixed answer in place of the real one; the operation does not happen. */
export interface Respond {
  readonly kind: 'respond';
  readonly status: number;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How an answer fails to arrive. `ms` are real milliseconds, whatever the clock of the stand-in says. */
export type Disruption =
  | Respond
  | { readonly kind: 'html'; readonly status: number }
  /** No answer; with `ms`, the socket is cut then. */
  | { readonly kind: 'hang'; readonly ms?: number }
  /** Cuts the socket: at once, after the headers of the answer, or after the operation took effect. */
  | { readonly kind: 'reset'; readonly after?: 'headers' | 'commit' };
